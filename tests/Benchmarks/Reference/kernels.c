/* The step of a cell over panels, compiled three times: -DLANES=4, 8, 16. Each size is a function of its own with constant bounds;
   for each there are several forms (unit blocks at once x partial sums), of which the program takes the fastest. */
#include "reference.h"
#include "lanes.h"

#define GATES 4 /* accumulators of a unit block: i f g o, or nx r z nh */
#define MOST_BLOCKS 4 /* sets * blocks of any form */
#define UNROLL _Pragma("GCC unroll 16")

/* sum[set][block][gate] += panel columns * x, for `gates` gates of `blocks` unit blocks; column k goes to partial sum k % sets. */
INLINE void multiply(vec *sum, const float *panel, const float *x, int columns, int gates, int blocks, int sets)
{
    const long block_size = (columns + 1L) * gates * LANES;
    int whole = columns / sets * sets;
    UNROLL for (int b = 0; b < blocks; b++)
        UNROLL for (int g = 0; g < gates; g++)
            sum[b * GATES + g] = add(sum[b * GATES + g], load(panel + b * block_size + g * LANES));
    panel += gates * LANES;
    for (int column = 0; column < whole; column += sets, panel += sets * gates * LANES)
        UNROLL for (int s = 0; s < sets; s++) {
            vec value = all(x[column + s]);
            UNROLL for (int b = 0; b < blocks; b++)
                UNROLL for (int g = 0; g < gates; g++) {
                    vec *to = &sum[(s * blocks + b) * GATES + g];
                    *to = fma_(load(panel + b * block_size + (s * gates + g) * LANES), value, *to);
                }
        }
    UNROLL for (int s = 0; s < columns - whole; s++)
        UNROLL for (int b = 0; b < blocks; b++)
            UNROLL for (int g = 0; g < gates; g++)
                sum[b * GATES + g] = fma_(load(panel + b * block_size + (s * gates + g) * LANES), all(x[whole + s]), sum[b * GATES + g]);
}

/* The partial sums of one gate go into the first of them. */
INLINE void fold(vec *sum, int gate, int blocks, int sets)
{
    UNROLL for (int b = 0; b < blocks; b++)
        UNROLL for (int s = 1; s < sets; s++)
            sum[b * GATES + gate] = add(sum[b * GATES + gate], sum[(s * blocks + b) * GATES + gate]);
}

INLINE void lstm(const vec *sum, const struct layer *l, float *output, int now, int unit)
{
    vec i = sigmoid(sum[0]), f = sigmoid(sum[1]), g = tanh_(sum[2]), o = sigmoid(sum[3]);
    vec c = fma_(f, load(l->cell[now] + unit), mul(i, g)), h = mul(o, tanh_(c));
    store(l->cell[!now] + unit, c);
    store(l->state[!now] + unit, h);
    store(output + unit, h);
}

INLINE void gru(const vec *sum, const struct layer *l, float *output, int now, int unit)
{
    vec r = sigmoid(sum[1]), z = sigmoid(sum[2]), n = tanh_(fma_(r, sum[3], sum[0]));
    vec h = fma_(z, sub(load(l->state[now] + unit), n), n);
    store(l->state[!now] + unit, h);
    store(output + unit, h);
}

INLINE void blocks_at(enum kind kind, int inputs, int units, int blocks, int sets, int with_equations,
    const struct layer *l, const float *x, float *output, int now, int unit)
{
    const int gates = kind == LSTM ? 4 : kind == GRU ? 3 : 1;
    vec sum[MOST_BLOCKS * GATES]; /* sets * blocks of them are used */
    UNROLL for (int i = 0; i < sets * blocks * GATES; i++) sum[i] = all(0.0f);
    multiply(sum, l->x_panel + (long)unit * (inputs + 1) * gates, x, inputs, gates, blocks, sets);
    if (kind != DENSE) {
        if (kind == GRU) fold(sum, 0, blocks, sets);
        multiply(sum + (kind == GRU), l->h_panel + (long)unit * (units + 1) * gates, l->state[now], units, gates, blocks, sets);
    }
    const int first = kind == GRU, last = kind == DENSE ? 0 : GATES - 1;
    UNROLL for (int g = first; g <= last; g++) fold(sum, g, blocks, sets);
    UNROLL for (int b = 0; b < blocks; b++) {
        int at = unit + b * LANES;
        if (kind == DENSE) store(output + at, sum[b * GATES]);
        else if (!with_equations) UNROLL for (int g = 0; g < GATES; g++) store(l->sums + at * GATES + g * LANES, sum[b * GATES + g]);
        else if (kind == LSTM) lstm(sum + b * GATES, l, output, now, at);
        else gru(sum + b * GATES, l, output, now, at);
    }
}

/* All unit blocks, `blocks` at a time, upwards or downwards; what does not fill a turn goes one by one at the end. */
INLINE void whole(enum kind kind, int inputs, int units, int blocks, int sets, int with_equations,
    const struct layer *l, const float *x, float *output, int now, int descending)
{
    const int count = (units + LANES - 1) / LANES, turns = count / blocks;
    for (int turn = 0; turn < turns; turn++)
        blocks_at(kind, inputs, units, blocks, sets, with_equations, l, x, output, now, (descending ? turns - 1 - turn : turn) * blocks * LANES);
    for (int block = turns * blocks; block < count; block++)
        blocks_at(kind, inputs, units, 1, sets, with_equations, l, x, output, now, block * LANES);
}

#define FORMS(FORM, kind, inputs, units) \
    FORM(kind, inputs, units, 1, 2) FORM(kind, inputs, units, 1, 4) FORM(kind, inputs, units, 2, 1) \
    FORM(kind, inputs, units, 2, 2) FORM(kind, inputs, units, 3, 1) FORM(kind, inputs, units, 4, 1)

#define ALL(FORM) \
    FORMS(FORM, LSTM, 1, 16) FORMS(FORM, LSTM, 40, 16) FORMS(FORM, LSTM, 40, 32) FORMS(FORM, LSTM, 40, 64) FORMS(FORM, LSTM, 40, 128) \
    FORMS(FORM, LSTM, 40, 256) FORMS(FORM, GRU, 40, 16) FORMS(FORM, GRU, 40, 32) FORMS(FORM, GRU, 40, 64) FORMS(FORM, GRU, 40, 128) \
    FORMS(FORM, GRU, 40, 256) FORMS(FORM, GRU, 8, 8) FORMS(FORM, GRU, 12, 12) FORMS(FORM, GRU, 16, 16) FORMS(FORM, GRU, 24, 24) \
    FORMS(FORM, GRU, 32, 32) FORMS(FORM, GRU, 48, 48) FORMS(FORM, GRU, 64, 64) FORMS(FORM, GRU, 96, 96) FORMS(FORM, GRU, 128, 128) \
    FORMS(FORM, GRU, 192, 192) FORMS(FORM, GRU, 256, 256) FORMS(FORM, GRU, 384, 384) FORMS(FORM, GRU, 512, 512) \
    FORM(DENSE, 64, 12, 1, 4) FORM(DENSE, 16, 1, 1, 4)

#define DEFINE(kind, inputs, units, blocks, sets) \
    static void kind##_##inputs##_##units##_##blocks##_##sets(const struct layer *l, const float *x, float *output, int now, int descending) \
    { whole(kind, inputs, units, blocks, sets, 1, l, x, output, now, descending); } \
    static void kind##_##inputs##_##units##_##blocks##_##sets##_matrix(const struct layer *l, const float *x, float *output, int now, int descending) \
    { whole(kind, inputs, units, blocks, sets, 0, l, x, output, now, descending); }

#define ENTRY(kind, inputs, units, blocks, sets) \
    { kind, inputs, units, blocks, sets, kind##_##inputs##_##units##_##blocks##_##sets, kind##_##inputs##_##units##_##blocks##_##sets##_matrix },

ALL(DEFINE)

static const struct form forms[] = { ALL(ENTRY) };

#define CHAINS 12

static double multiply_adds(long turns)
{
    vec sum[CHAINS], factor = all(0.999f), term = all(0.001f);
    UNROLL for (int i = 0; i < CHAINS; i++) sum[i] = all((float)i);
    for (long turn = 0; turn < turns; turn++) {
        UNROLL for (int i = 0; i < CHAINS; i++) __asm__ volatile("" : "+v"(sum[i]));
        UNROLL for (int i = 0; i < CHAINS; i++) sum[i] = fma_(sum[i], factor, term);
    }
    UNROLL for (int i = 0; i < CHAINS; i++) __asm__ volatile("" : : "v"(sum[i]));
    return CHAINS * LANES;
}

/* The add to a register is what lets a read be part of an instruction, as it is in a multiply-add. */
static void read_all(const float *memory, long floats)
{
    vec sum[8];
    UNROLL for (int i = 0; i < 8; i++) sum[i] = all(0.0f);
    for (long at = 0; at < floats; at += 8 * LANES)
        UNROLL for (int i = 0; i < 8; i++) sum[i] = add(sum[i], load(memory + at + i * LANES));
    UNROLL for (int i = 0; i < 8; i++) __asm__ volatile("" : : "v"(sum[i]));
}

/* The equations of a GRU over and over, each time from the state before: what a step takes at least, however few its units. */
static void chain(long turns)
{
    vec r_sum = all(0.2f), z_sum = all(-0.4f), n_sum = all(0.5f), h = all(0.0f);
    for (long turn = 0; turn < turns; turn++) {
        vec r = sigmoid(add(r_sum, h)), z = sigmoid(add(z_sum, h)), n = tanh_(fma_(r, add(n_sum, h), n_sum));
        h = fma_(z, sub(h, n), n);
    }
    __asm__ volatile("" : : "v"(h));
}

#define NAME_2(name, variant) name##_##variant
#define NAME(name, variant) NAME_2(name, variant)
#define TEXT_2(variant) #variant
#define TEXT(variant) TEXT_2(variant)

const struct build NAME(build, VARIANT) = { TEXT(VARIANT), LANES, forms, sizeof forms / sizeof forms[0], multiply_adds, read_all, chain };
