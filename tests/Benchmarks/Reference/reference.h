/* What the program and the three builds of kernels.c (128, 256 and 512 bits) share. */
#include <stddef.h>

enum kind { LSTM, GRU, DENSE };

/* Weights in the runtime's panel order for one width: [unit block][bias, columns][gate][lane], units padded to 16.
   LSTM: x and h feed i f g o. GRU: x feeds n r z, h feeds r z n. Dense: x feeds one vector. */
struct layer {
    enum kind kind;
    int inputs, units;
    float *x_panel, *h_panel;
    float *state[2], *cell[2]; /* a step reads one copy and writes the other */
    float *sums;               /* of the matrix part alone: [unit block][gate][lane] */
};

/* One way of writing the loops: so many unit blocks at once, with so many partial sums a gate. */
typedef void kernel(const struct layer *layer, const float *x, float *output, int now, int descending);

struct form {
    enum kind kind;
    int inputs, units, blocks, sets;
    kernel *step, *matrix;
};

struct build {
    const char *variant;
    int lanes;
    const struct form *forms;
    size_t count;
    double (*multiply_adds)(long turns);              /* runs that many turns; returns multiply-adds of one turn */
    void (*read)(const float *memory, long floats); /* loads all of it once */
    void (*chain)(long turns);                      /* the equations of a GRU, each turn from the state of the turn before */
};

extern const struct build build_128, build_avx2, build_avx512;
