/* Hand-written steps and the limits of the machine, in the interchange format of the benchmarks: one JSON object a line.
   reference [--test] [WORKLOAD...]   all workloads without names; --test compares all forms with plain C instead */
#include "reference.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS = 4, MOST_LAYERS = 3, REPETITIONS = 11, MOST_FORMS = 16 };

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static float *floats(size_t count)
{
    size_t bytes = (count * sizeof(float) + 127) / 64 * 64;
    float *memory = aligned_alloc(64, bytes);
    return memset(memory, 0, bytes);
}

static int padded(int units) { return (units + 15) / 16 * 16; }

static float uniform(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (float)(*seed >> 40) / (1 << 23) - 1.0f;
}

/* A model: layers over each other, each form of each of them chosen by itself. */
struct model {
    const char *name;
    int count;
    struct { enum kind kind; int inputs, units; } layers[MOST_LAYERS];
};

static const struct model models[] = {
#define ONE(name, kind, inputs, units) { name, 1, { { kind, inputs, units } } },
    ONE("lstm-40-16-step", LSTM, 40, 16) ONE("lstm-40-32-step", LSTM, 40, 32) ONE("lstm-40-64-step", LSTM, 40, 64)
    ONE("lstm-40-128-step", LSTM, 40, 128) ONE("lstm-40-256-step", LSTM, 40, 256)
    ONE("gru-40-16-step", GRU, 40, 16) ONE("gru-40-32-step", GRU, 40, 32) ONE("gru-40-64-step", GRU, 40, 64)
    ONE("gru-40-128-step", GRU, 40, 128) ONE("gru-40-256-step", GRU, 40, 256)
    { "keyword-step", 3, { { GRU, 40, 64 }, { GRU, 64, 64 }, { DENSE, 64, 12 } } },
    { "lstm-1-16-dense-step", 2, { { LSTM, 1, 16 }, { DENSE, 16, 1 } } },
    ONE("gru-8-8-step", GRU, 8, 8) ONE("gru-12-12-step", GRU, 12, 12) ONE("gru-16-16-step", GRU, 16, 16) ONE("gru-24-24-step", GRU, 24, 24)
    ONE("gru-32-32-step", GRU, 32, 32) ONE("gru-48-48-step", GRU, 48, 48) ONE("gru-64-64-step", GRU, 64, 64) ONE("gru-96-96-step", GRU, 96, 96)
    ONE("gru-128-128-step", GRU, 128, 128) ONE("gru-192-192-step", GRU, 192, 192) ONE("gru-256-256-step", GRU, 256, 256)
    ONE("gru-384-384-step", GRU, 384, 384) ONE("gru-512-512-step", GRU, 512, 512)
};

/* The layers of a model for one width, with random weights that are the same for every width, and the form of each. */
struct stack {
    const struct build *build;
    int count;
    struct layer layers[MOST_LAYERS];
    const struct form *forms[MOST_LAYERS];
    int alternate[MOST_LAYERS];
    float *x[ROWS];
    float *output[MOST_LAYERS];
    long steps;
};

/* Fills a panel; the weights are drawn gate by gate, unit by unit, so that they do not depend on the number of lanes. */
static float *new_panel(int lanes, int gates, int units, int columns, uint64_t *seed)
{
    float *panel = floats((size_t)(columns + 1) * gates * padded(units)), range = 1.0f / sqrtf((float)columns);
    for (int gate = 0; gate < gates; gate++)
        for (int unit = 0; unit < units; unit++)
            for (int column = 0; column <= columns; column++)
                panel[(((size_t)(unit / lanes) * (columns + 1) + column) * gates + gate) * lanes + unit % lanes] = range * uniform(seed);
    return panel;
}

static void add_layer(struct stack *stack, enum kind kind, int inputs, int units, uint64_t *seed)
{
    int lanes = stack->build->lanes, gates = kind == LSTM ? 4 : kind == GRU ? 3 : 1;
    struct layer *layer = &stack->layers[stack->count];
    layer->kind = kind;
    layer->inputs = inputs;
    layer->units = units;
    layer->x_panel = new_panel(lanes, gates, units, inputs, seed);
    layer->h_panel = kind == DENSE ? NULL : new_panel(lanes, gates, units, units, seed);
    for (int i = 0; i < 2; i++) {
        layer->state[i] = floats(padded(units));
        layer->cell[i] = floats(padded(units));
    }
    layer->sums = floats((size_t)4 * padded(units));
    stack->output[stack->count++] = floats(padded(units));
}

static struct stack new_stack(const struct build *build, const struct model *model)
{
    uint64_t seed = 1;
    struct stack stack = { .build = build };
    for (int i = 0; i < ROWS; i++) {
        stack.x[i] = floats(model->layers[0].inputs);
        for (int k = 0; k < model->layers[0].inputs; k++) stack.x[i][k] = uniform(&seed);
    }
    for (int i = 0; i < model->count; i++) add_layer(&stack, model->layers[i].kind, model->layers[i].inputs, model->layers[i].units, &seed);
    return stack;
}

static void free_stack(struct stack *stack)
{
    for (int i = 0; i < ROWS; i++) free(stack->x[i]);
    for (int i = 0; i < stack->count; i++) {
        struct layer *l = &stack->layers[i];
        float *all[] = { l->x_panel, l->h_panel, l->state[0], l->state[1], l->cell[0], l->cell[1], l->sums, stack->output[i] };
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
    }
}

static int find_forms(const struct build *build, const struct layer *layer, const struct form **found)
{
    int count = 0;
    for (size_t i = 0; i < build->count; i++) {
        const struct form *form = &build->forms[i];
        if (form->kind == layer->kind && form->inputs == layer->inputs && form->units == layer->units && count < MOST_FORMS) found[count++] = form;
    }
    return count;
}

static void step(struct stack *stack, int matrix)
{
    int now = stack->steps & 1;
    const float *x = stack->x[(stack->steps >> 1) & (ROWS - 1)];
    for (int i = 0; i < stack->count; i++) {
        const struct form *form = stack->forms[i];
        (matrix ? form->matrix : form->step)(&stack->layers[i], x, stack->output[i], now, stack->alternate[i] && now);
        x = stack->output[i];
    }
    stack->steps++;
}

static double time_steps(struct stack *stack, int matrix, long count)
{
    double start = now_ns();
    for (long i = 0; i < count; i++) step(stack, matrix);
    return (now_ns() - start) / count;
}

static long count_for(struct stack *stack, int matrix, double ns)
{
    long count = 2;
    double each = time_steps(stack, matrix, count);
    for (; count * each < 2e4; each = time_steps(stack, matrix, count)) count *= 2;
    return (long)(ns / each) + 2;
}

/* Tries each form of each layer, in ascending and in alternating order of the blocks, and keeps the fastest. */
static void choose(struct stack *stack, int matrix)
{
    const struct form *forms[MOST_FORMS];
    for (int i = 0; i < stack->count; i++) {
        find_forms(stack->build, &stack->layers[i], forms);
        stack->forms[i] = forms[0];
        stack->alternate[i] = 0;
    }
    for (int i = 0; i < stack->count; i++) {
        const struct form *best = NULL;
        int count = find_forms(stack->build, &stack->layers[i], forms), alternate = 0;
        double least = INFINITY;
        for (int round = 0; round < 3; round++)
            for (int f = 0; f < 2 * count; f++) {
                stack->forms[i] = forms[f / 2];
                stack->alternate[i] = f % 2;
                double ns = time_steps(stack, matrix, count_for(stack, matrix, 3e5));
                if (ns < least) least = ns, best = forms[f / 2], alternate = f % 2;
            }
        stack->forms[i] = best;
        stack->alternate[i] = alternate;
    }
}

static void print(const char *workload, const char *peer, const char *variant, double value, const char *unit)
{
    printf("{\"workload\":\"%s\",\"peer\":\"%s\",\"variant\":\"%s\",\"value\":%.5g,\"unit\":\"%s\"}\n", workload, peer, variant, value, unit);
    fflush(stdout);
}

static void measure(const struct build *build, const struct model *model, int matrix, int verbose)
{
    struct stack stack = new_stack(build, model);
    choose(&stack, matrix);
    double times[REPETITIONS];
    long count = count_for(&stack, matrix, 3e6);
    for (int i = 0; i < REPETITIONS; i++) times[i] = time_steps(&stack, matrix, count);
    print(model->name, matrix ? "c-matrix" : "c", build->variant, median(times, REPETITIONS) / 1e3, "us");
    for (int i = 0; verbose && i < stack.count; i++)
        fprintf(stderr, "    %d unit blocks at once, %d partial sums, %s\n", stack.forms[i]->blocks, stack.forms[i]->sets, stack.alternate[i] ? "alternating" : "ascending");
    free_stack(&stack);
}

static void limit_fma(const struct build *build)
{
    double times[REPETITIONS], each = build->multiply_adds(1000);
    const long turns = 200000;
    for (int i = 0; i < REPETITIONS; i++) {
        double start = now_ns();
        build->multiply_adds(turns);
        times[i] = (now_ns() - start) / turns;
    }
    print("limit-fma", "limit", build->variant, 2 * each / median(times, REPETITIONS), "GFLOP/s");
}

static void limit_read(const struct build *build, const char *name, size_t bytes)
{
    long count = bytes / sizeof(float), turns = 4000000 / count;
    float *memory = floats(count);
    double times[REPETITIONS];
    for (int i = -1; i < REPETITIONS; i++) {
        double start = now_ns();
        for (long turn = 0; turn < turns; turn++) build->read(memory, count);
        times[i < 0 ? 0 : i] = (now_ns() - start) / turns;
    }
    print(name, "limit", build->variant, bytes / median(times, REPETITIONS), "GB/s");
    free(memory);
}

static void limit_chain(const struct build *build)
{
    const long turns = 50000;
    double times[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++) {
        double start = now_ns();
        build->chain(turns);
        times[i] = (now_ns() - start) / turns;
    }
    print("limit-chain", "limit", build->variant, median(times, REPETITIONS), "ns");
}

/* ---- plain C, from the equations ---- */

static double plain_sum(int lanes, int gates, int gate, int unit, const float *v, int columns, const float *panel)
{
    const float *at = panel + ((size_t)(unit / lanes) * (columns + 1) * gates + gate) * lanes + unit % lanes;
    double sum = at[0];
    for (int k = 0; k < columns; k++) sum += (double)at[(size_t)(k + 1) * gates * lanes] * v[k];
    return sum;
}

static double logistic(double x) { return 1 / (1 + exp(-x)); }

static void plain_step(const struct layer *l, int lanes, const float *x, float *h, float *c)
{
    float next[1024];
    int gates = l->kind == LSTM ? 4 : l->kind == GRU ? 3 : 1;
    for (int unit = 0; unit < l->units; unit++) {
        double px[4], ph[4] = { 0 };
        for (int g = 0; g < gates; g++) {
            px[g] = plain_sum(lanes, gates, g, unit, x, l->inputs, l->x_panel);
            if (l->kind != DENSE) ph[g] = plain_sum(lanes, gates, g, unit, h, l->units, l->h_panel);
        }
        if (l->kind == LSTM) {
            c[unit] = (float)(logistic(px[1] + ph[1]) * c[unit] + logistic(px[0] + ph[0]) * tanh(px[2] + ph[2]));
            next[unit] = (float)(logistic(px[3] + ph[3]) * tanh(c[unit]));
        } else if (l->kind == GRU) { /* x: n r z, h: r z n */
            double z = logistic(px[2] + ph[1]), n = tanh(px[0] + logistic(px[1] + ph[0]) * ph[2]);
            next[unit] = (float)((1 - z) * n + z * h[unit]);
        } else {
            next[unit] = (float)px[0];
        }
    }
    memcpy(h, next, l->units * sizeof(float));
}

/* Every form of a model's layers, all alike, against plain C over some steps; returns the largest difference. */
static double test(const struct build *build, const struct model *model)
{
    double largest = 0;
    const struct form *forms[MOST_FORMS];
    struct stack first = new_stack(build, model);
    int count = find_forms(build, &first.layers[0], forms);
    free_stack(&first);
    for (int f = 0; f < 2 * count; f++) {
        struct stack stack = new_stack(build, model);
        for (int i = 0; i < stack.count; i++) {
            int have = find_forms(build, &stack.layers[i], forms);
            stack.forms[i] = forms[f / 2 < have ? f / 2 : 0];
            stack.alternate[i] = f % 2;
        }
        float h[MOST_LAYERS][1024] = { 0 }, c[MOST_LAYERS][1024] = { 0 };
        for (int t = 0; t < 12; t++) {
            const float *x = stack.x[(stack.steps >> 1) & (ROWS - 1)];
            step(&stack, 0);
            for (int i = 0; i < stack.count; i++) {
                plain_step(&stack.layers[i], build->lanes, x, h[i], c[i]);
                x = h[i];
                for (int unit = 0; unit < stack.layers[i].units; unit++) largest = fmax(largest, fabs(h[i][unit] - stack.output[i][unit]));
            }
        }
        free_stack(&stack);
    }
    return largest;
}

static int wanted(const char *name, char **names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return 1;
    return count == 0;
}

int main(int argc, char **argv)
{
    const struct build *builds[3];
    int count = 0, testing = 0, verbose = 0, failed = 0;
    if (__builtin_cpu_supports("fma")) builds[count++] = &build_128;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) builds[count++] = &build_avx2;
    if (__builtin_cpu_supports("avx512f")) builds[count++] = &build_avx512;
    for (argv++, argc--; argc > 0 && argv[0][0] == '-'; argv++, argc--) {
        testing |= strcmp(*argv, "--test") == 0;
        verbose |= strcmp(*argv, "--verbose") == 0;
    }
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        if (!wanted(models[m].name, argv, argc)) continue;
        for (int b = 0; b < count; b++) {
            if (testing) {
                double difference = test(builds[b], &models[m]);
                failed |= !(difference < 1e-5);
                printf("%s %s: largest difference %.2g%s\n", models[m].name, builds[b]->variant, difference, difference < 1e-5 ? "" : ": above 1e-5");
            } else {
                measure(builds[b], &models[m], 1, verbose);
                measure(builds[b], &models[m], 0, verbose);
            }
        }
    }
    for (int b = 0; b < count && !testing; b++) {
        if (wanted("limit-fma", argv, argc)) limit_fma(builds[b]);
        if (wanted("limit-l1", argv, argc)) limit_read(builds[b], "limit-l1", 24 << 10);
        if (wanted("limit-l2", argv, argc)) limit_read(builds[b], "limit-l2", 512 << 10);
        if (wanted("limit-l3", argv, argc)) limit_read(builds[b], "limit-l3", 4 << 20);
        if (wanted("limit-chain", argv, argc)) limit_chain(builds[b]);
    }
    return failed;
}
