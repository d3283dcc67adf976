/* The matrix products of a training step of the keyword model (40 -> GRU 64 -> GRU 64 -> 12), and nothing else: the limit of training.
   Forward: x W of all time steps at once, h W step by step. Backward: delta W^T of the recurrent products step by step, of the others at once,
   and x delta^T, h delta^T of all time steps. Transposed weights are packed once a training step, and that is timed too.
   Compiled once a width, with -DLANES=4, 8 or 16 and -DVARIANT=128, avx2 or avx512; prints nothing where the processor lacks it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lanes.h"

#define UNROLL _Pragma("GCC unroll 16")
#define TEXT(name) #name
#define STRING(name) TEXT(name)

#if LANES == 16
enum { TILE_ROWS = 6, TILE_VECTORS = 4, LINE_VECTORS = 12 };
#else
enum { TILE_ROWS = 4, TILE_VECTORS = 3, LINE_VECTORS = 12 };
#endif
enum { ROW_BLOCK = 48, OUTER_BLOCK = 32, INPUTS = 40, UNITS = 64, GATES = 3 * UNITS, SLOTS = 4 * UNITS, CLASSES = 16, ROUNDS = 3 };

/* c[row][vector] += a[row][k] * b[k][vector]: k runs in steps of a_step floats of a and of b_step floats of b. */
INLINE void tile(const float *a, long a_row, long a_step, const float *b, long b_step, float *c, long c_row, int length, int rows, int vectors)
{
    vec sum[TILE_ROWS * TILE_VECTORS], line[LINE_VECTORS]; /* not of variable length: those never become registers */
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int v = 0; v < vectors; v++)
            sum[r * vectors + v] = load(c + r * c_row + v * LANES);
    for (int k = 0; k < length; k++, a += a_step, b += b_step) {
        UNROLL for (int v = 0; v < vectors; v++)
            line[v] = load(b + v * LANES);
        if (rows > 1) /* else gcc loads it anew for each row */
            UNROLL for (int v = 0; v < vectors; v++)
                __asm__("" : "+v"(line[v]));
        UNROLL for (int r = 0; r < rows; r++) {
            vec value = all(a[r * a_row]);
            UNROLL for (int v = 0; v < vectors; v++)
                sum[r * vectors + v] = fma_(value, line[v], sum[r * vectors + v]);
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int v = 0; v < vectors; v++)
            store(c + r * c_row + v * LANES, sum[r * vectors + v]);
}

/* A tile of any number of rows, 1 to TILE_ROWS, and vectors, 1 to TILE_VECTORS; a single row takes up to LINE_VECTORS. */
#define CASE(R, V) case (R) * 16 + (V): tile(a, a_row, a_step, b, b_step, c, c_row, length, R, V); break;
static void tiles(const float *a, long a_row, long a_step, const float *b, long b_step, float *c, long c_row, int length, int rows, int vectors)
{
    switch (rows * 16 + vectors) {
#if LANES == 16
        CASE(6, 1) CASE(6, 2) CASE(6, 3) CASE(6, 4) CASE(5, 1) CASE(5, 2) CASE(5, 3) CASE(5, 4)
        CASE(4, 4) CASE(3, 4) CASE(2, 4)
#endif
        CASE(4, 1) CASE(4, 2) CASE(4, 3) CASE(3, 1) CASE(3, 2) CASE(3, 3) CASE(2, 1) CASE(2, 2) CASE(2, 3)
        CASE(1, 1) CASE(1, 2) CASE(1, 3) CASE(1, 4) CASE(1, 5) CASE(1, 6) CASE(1, 7) CASE(1, 8) CASE(1, 9) CASE(1, 10) CASE(1, 11) CASE(1, 12)
    }
}

static int least(int a, int b) { return a < b ? a : b; }

/* Rows of `length` values times a packed matrix: [group of vectors][k][vector of the group][lane], added to c. */
static void multiply(const float *a, long a_row, int rows, const float *packed, int length, int width, float *c, long c_row)
{
    int group = rows == 1 ? LINE_VECTORS : TILE_VECTORS;
    for (int row = 0; row < rows; row += ROW_BLOCK)
        for (int at = 0, count = least(ROW_BLOCK, rows - row); at < width; at += group * LANES) {
            int vectors = least(group, (width - at) / LANES);
            for (int r = row; r < row + count; r += TILE_ROWS)
                tiles(a + r * a_row, a_row, 1, packed + (long)at * length, vectors * LANES, c + r * c_row + at, c_row, length, least(TILE_ROWS, row + count - r), vectors);
        }
}

/* gradient[k][lane] += sum over rows of a[row][k] * delta[row][lane]. */
static void outer(const float *a, long a_row, int rows, const float *delta, long delta_row, int columns, int width, float *gradient)
{
    for (int row = 0; row < rows; row += OUTER_BLOCK)
        for (int at = 0, count = least(OUTER_BLOCK, rows - row); at < width; at += TILE_VECTORS * LANES)
            for (int k = 0; k < columns; k += TILE_ROWS)
                tiles(a + row * a_row + k, 1, a_row, delta + row * delta_row + at, delta_row, gradient + (long)k * width + at, width, count,
                    least(TILE_ROWS, columns - k), least(TILE_VECTORS, (width - at) / LANES));
}

/* w[k][width] in the order of multiply; transposed: w[width][k]. */
static void pack(const float *w, int length, int width, int group, int transposed, float *packed)
{
    for (int at = 0; at < width; at += group * LANES) {
        int lanes = least(group * LANES, width - at);
        for (int k = 0; k < length; k++)
            for (int lane = 0; lane < lanes; lane++)
                *packed++ = transposed ? w[(long)(at + lane) * length + k] : w[(long)k * width + at + lane];
    }
}

static float *memory(long floats)
{
    float *p = aligned_alloc(64, (size_t)(floats * 4 + 4095) / 4096 * 4096);
    if (!p) {
        perror("training");
        exit(1);
    }
    for (long i = 0; i < floats; i++)
        p[i] = 0.001f * (float)(i % 97);
    return p;
}

/* A product of a layer: its weights, packed both ways, and their gradient. */
struct product {
    int columns, width;
    float *w, *packed, *transposed, *gradient;
};

static struct product product(int columns, int width)
{
    long size = (long)columns * width;
    return (struct product){ columns, width, memory(size), memory(size), memory(size), memory(size) };
}

struct run {
    int batch, steps, group; /* sequences of the batch, time steps, and how many sequences go through together */
    struct product x[2], h[2], dense;
    float *input, *state[2], *slots[2], *carry, *below, *output;
};

static void step(struct run *m)
{
    int alone = m->group == 1;
    for (int l = 0; l < 5; l++) {
        struct product *p = l < 2 ? &m->x[l] : l < 4 ? &m->h[l - 2] : &m->dense;
        int recurrent = l == 2 || l == 3;
        pack(p->w, p->columns, p->width, recurrent && alone ? LINE_VECTORS : TILE_VECTORS, 0, p->packed);
        pack(p->w, p->width, p->columns, recurrent && alone ? LINE_VECTORS : TILE_VECTORS, 1, p->transposed);
        memset(p->gradient, 0, sizeof(float) * (size_t)p->columns * (size_t)p->width);
    }
    for (int first = 0; first < m->batch; first += m->group) {
        long count = least(m->group, m->batch - first), rows = count * m->steps, from = (long)first * m->steps;
        float *input = m->input + from * INPUTS, *output = m->output + from * CLASSES;
        for (int l = 0; l < 2; l++) {
            const float *below = l == 0 ? input : m->state[0] + from * UNITS;
            float *slots = m->slots[l] + from * SLOTS, *state = m->state[l] + from * UNITS;
            multiply(below, m->x[l].columns, (int)rows, m->x[l].packed, m->x[l].columns, GATES, slots, SLOTS);
            for (int t = 1; t < m->steps; t++)
                multiply(state + (t - 1) * count * UNITS, UNITS, (int)count, m->h[l].packed, UNITS, GATES, slots + t * count * SLOTS + UNITS, SLOTS);
        }
        multiply(m->state[1] + from * UNITS, UNITS, (int)rows, m->dense.packed, UNITS, CLASSES, output, CLASSES);
        outer(m->state[1] + from * UNITS, UNITS, (int)rows, output, CLASSES, UNITS, CLASSES, m->dense.gradient);
        multiply(output, CLASSES, (int)rows, m->dense.transposed, CLASSES, UNITS, m->below, UNITS);
        for (int l = 1; l >= 0; l--) {
            const float *below = l == 0 ? input : m->state[0] + from * UNITS;
            float *slots = m->slots[l] + from * SLOTS, *state = m->state[l] + from * UNITS;
            for (int t = m->steps - 1; t > 0; t--)
                multiply(slots + t * count * SLOTS + UNITS, SLOTS, (int)count, m->h[l].transposed, GATES, UNITS, m->carry, UNITS);
            outer(state, UNITS, (int)(rows - count), slots + count * SLOTS + UNITS, SLOTS, UNITS, GATES, m->h[l].gradient);
            outer(below, m->x[l].columns, (int)rows, slots, SLOTS, m->x[l].columns, GATES, m->x[l].gradient);
            if (l == 1)
                multiply(slots, SLOTS, (int)rows, m->x[l].transposed, GATES, UNITS, m->below, UNITS);
        }
    }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static double median(struct run *m)
{
    double times[ROUNDS];
    step(m);
    for (int i = 0; i < ROUNDS; i++) {
        /* Values neither grow without bound nor become subnormal. */
        long rows = (long)m->batch * m->steps;
        for (int l = 0; l < 2; l++)
            for (long j = 0; j < rows * SLOTS; j++)
                m->slots[l][j] = 0.001f * (float)(j % 89);
        memset(m->output, 0, sizeof(float) * (size_t)rows * CLASSES);
        memset(m->carry, 0, sizeof(float) * (size_t)m->group * UNITS);
        memset(m->below, 0, sizeof(float) * (size_t)m->group * (size_t)m->steps * UNITS);
        double start = now();
        step(m);
        times[i] = now() - start;
    }
    qsort(times, ROUNDS, sizeof *times, compare);
    return times[ROUNDS / 2];
}

/* The best of several numbers of sequences that go through together. */
static double measure(int batch, int steps)
{
    long rows = (long)batch * steps;
    struct run m = { .batch = batch, .steps = steps, .dense = product(UNITS, CLASSES), .input = memory(rows * INPUTS), .carry = memory((long)batch * UNITS), .below = memory(rows * UNITS), .output = memory(rows * CLASSES) };
    for (int l = 0; l < 2; l++) {
        m.x[l] = product(l == 0 ? INPUTS : UNITS, GATES);
        m.h[l] = product(UNITS, GATES);
        m.state[l] = memory(rows * UNITS);
        m.slots[l] = memory(rows * SLOTS);
    }
    double best = 1e9;
    static const int groups[] = { 1, 2, 4, 6, 8, 12, 16, 24 };
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        m.group = least(groups[i], batch);
        if (m.group < groups[i] || (m.group == 1 && batch > 1))
            continue;
        double time = median(&m);
        best = time < best ? time : best;
    }
    struct product all[] = { m.x[0], m.x[1], m.h[0], m.h[1], m.dense };
    for (int i = 0; i < 5; i++) {
        free(all[i].w);
        free(all[i].packed);
        free(all[i].transposed);
        free(all[i].gradient);
    }
    for (int l = 0; l < 2; l++) {
        free(m.state[l]);
        free(m.slots[l]);
    }
    free(m.input);
    free(m.carry);
    free(m.below);
    free(m.output);
    return best;
}

int main(int count, char **names)
{
    static const char *const all_names[] = { "train-1", "train-16", "train-64" };
    if (!__builtin_cpu_supports("fma") || (LANES > 4 && !__builtin_cpu_supports("avx2")) || (LANES > 8 && !__builtin_cpu_supports("avx512dq")))
        return 0;
    const char *const *wanted = count > 1 ? (const char *const *)(names + 1) : all_names;
    for (int i = 0; i < (count > 1 ? count - 1 : 3); i++) {
        int batch, steps = 98;
        if (sscanf(wanted[i], "train-growth-%d-%d", &batch, &steps) != 2 && sscanf(wanted[i], "train-%d", &batch) != 1)
            continue;
        printf("{\"workload\":\"%s\",\"peer\":\"c-matrix\",\"variant\":\"%s\",\"value\":%.4f,\"unit\":\"ms\"}\n", wanted[i], STRING(VARIANT), 1e3 * measure(batch, steps));
        fflush(stdout);
    }
    return 0;
}
