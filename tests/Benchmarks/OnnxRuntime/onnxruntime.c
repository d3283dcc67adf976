/* Times the benchmark's workloads in ONNX Runtime, through the C API of its shared library, in the interchange format of the benchmarks.
     onnxruntime LIBRARY MODELS [WORKLOAD...]          LIBRARY: libonnxruntime.so.1; MODELS: the folder that make_models.py wrote
     onnxruntime LIBRARY MODELS --once WORKLOAD        one run, and its first output printed: for the time of a process
   One thread, memory bound once: the states of a step are two sets of buffers that the runs use in turn, each the other's input.
   BENCHMARK_SECONDS: how long to measure each, 0.2 unless set.

   The library ships without headers, so functions are called by their place in the structure OrtApi. Places are counted in
   onnxruntime_c_api.h, where a released version's part of the structure never changes: version 1 ends with ReleaseCustomOpDomain (101),
   version 5 with SetGlobalSpinControl (149), both asserted in onnxruntime_c_api.cc. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { API_VERSION = 5 };
enum place {
    GET_ERROR_MESSAGE = 2, CREATE_ENV = 3, CREATE_SESSION = 7, CREATE_SESSION_OPTIONS = 10, SET_INTRA_OP_NUM_THREADS = 24,
    CREATE_TENSOR_WITH_DATA = 49, CREATE_CPU_MEMORY_INFO = 69, RUN_WITH_BINDING = 133, CREATE_IO_BINDING = 134, BIND_INPUT = 136, BIND_OUTPUT = 137
};
enum { LOG_ERRORS = 3, ARENA_ALLOCATOR = 1, DEFAULT_MEMORY = 0, FLOAT = 1 };

struct base { const void *(*get_api)(uint32_t version); const char *(*get_version)(void); };
typedef void *status;

static void *const *api;
static void *env, *memory;
static const char *version;

#define CALL(place, types, ...) check(((status(*) types)api[place])(__VA_ARGS__))

static void check(status failure)
{
    if (failure) {
        fprintf(stderr, "onnxruntime: %s\n", ((const char *(*)(status))api[GET_ERROR_MESSAGE])(failure));
        exit(1);
    }
}

/* What the models take and give: rows of x and y, and states, all of one size. */
struct workload {
    const char *name;
    int rows, inputs, outputs, states, directions, units;
};

enum { ROWS = 16, MOST_STATES = 2, REPETITIONS = 5 };

static const struct workload workloads[] = {
    { "lstm-40-16-step", 1, 40, 0, 2, 1, 16 }, { "lstm-40-32-step", 1, 40, 0, 2, 1, 32 }, { "lstm-40-64-step", 1, 40, 0, 2, 1, 64 },
    { "lstm-40-128-step", 1, 40, 0, 2, 1, 128 }, { "lstm-40-256-step", 1, 40, 0, 2, 1, 256 },
    { "gru-40-16-step", 1, 40, 0, 1, 1, 16 }, { "gru-40-32-step", 1, 40, 0, 1, 1, 32 }, { "gru-40-64-step", 1, 40, 0, 1, 1, 64 },
    { "gru-40-128-step", 1, 40, 0, 1, 1, 128 }, { "gru-40-256-step", 1, 40, 0, 1, 1, 256 },
    { "keyword-step", 1, 40, 12, 2, 1, 64 }, { "lstm-1-16-dense-step", 1, 1, 1, 2, 1, 16 },
    { "keyword-98", 98, 40, 12, 0, 1, 64 }, { "bigru-98", 98, 40, 128, 0, 2, 64 },
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static float *floats(size_t count)
{
    size_t bytes = (count * sizeof(float) + 63) / 64 * 64;
    return memset(aligned_alloc(64, bytes), 0, bytes);
}

static void *tensor(float *data, int rank, const int64_t *shape)
{
    void *value;
    size_t bytes = sizeof(float);
    for (int i = 0; i < rank; i++) bytes *= shape[i];
    CALL(CREATE_TENSOR_WITH_DATA, (void *, void *, size_t, const int64_t *, size_t, int, void **), memory, data, bytes, shape, rank, FLOAT, &value);
    return value;
}

static void bind(enum place place, void *binding, const char *name, void *value) { CALL(place, (void *, const char *, void *), binding, name, value); }

/* A model with its memory: run i uses binding i % 2. */
struct session {
    const struct workload *is;
    void *session, *bindings[2];
    float *inputs, *x, *first_output;
    long runs;
};

static struct session open_session(const struct workload *w, const char *folder)
{
    struct session s = { .is = w };
    void *options;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.onnx", folder, w->name);
    CALL(CREATE_SESSION_OPTIONS, (void **), &options);
    CALL(SET_INTRA_OP_NUM_THREADS, (void *, int), options, 1);
    CALL(CREATE_SESSION, (void *, const char *, void *, void **), env, path, options, &s.session);

    int size = w->rows * w->inputs;
    s.inputs = floats((w->rows + ROWS) * w->inputs);
    srand(1);
    for (int i = 0; i < (w->rows + ROWS) * w->inputs; i++) s.inputs[i] = 2.0f * rand() / RAND_MAX - 1;
    s.x = floats(size);
    float *y = w->outputs ? floats(w->rows * w->outputs) : NULL, *states[2][MOST_STATES];
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < w->states; k++) states[i][k] = floats(w->units);
    s.first_output = y ? y : states[1][0];
    for (int i = 0; i < 2; i++) {
        char name[] = "s0";
        CALL(CREATE_IO_BINDING, (void *, void **), s.session, &s.bindings[i]);
        bind(BIND_INPUT, s.bindings[i], "x", tensor(s.x, 3, (int64_t[]) { w->rows, 1, w->inputs }));
        if (y && w->directions == 2) bind(BIND_OUTPUT, s.bindings[i], "y", tensor(y, 4, (int64_t[]) { w->rows, 2, 1, w->units }));
        else if (y) bind(BIND_OUTPUT, s.bindings[i], "y", tensor(y, 2, (int64_t[]) { w->rows, w->outputs }));
        for (int k = 0; k < w->states; k++) {
            name[1] = '0' + k;
            name[0] = 's';
            bind(BIND_INPUT, s.bindings[i], name, tensor(states[i][k], 3, (int64_t[]) { 1, 1, w->units }));
            name[0] = 't';
            bind(BIND_OUTPUT, s.bindings[i], name, tensor(states[!i][k], 3, (int64_t[]) { 1, 1, w->units }));
        }
    }
    return s;
}

static void run(struct session *s)
{
    const struct workload *w = s->is;
    memcpy(s->x, s->inputs + s->runs % ROWS * w->inputs, w->rows * w->inputs * sizeof(float));
    CALL(RUN_WITH_BINDING, (void *, void *, void *), s->session, NULL, s->bindings[s->runs & 1]);
    s->runs++;
}

static double time_runs(struct session *s, long count)
{
    double start = now();
    for (long i = 0; i < count; i++) run(s);
    return now() - start;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const struct workload *w, const char *folder, double seconds)
{
    struct session s = open_session(w, folder);
    double times[REPETITIONS], elapsed;
    long count = 1;
    while ((elapsed = time_runs(&s, count)) < seconds / (2 * REPETITIONS)) count *= 2;
    count = (long)(count * seconds / (REPETITIONS * elapsed));
    if (count < 1) count = 1;
    for (int i = 0; i < REPETITIONS; i++) times[i] = time_runs(&s, count) / count;
    qsort(times, REPETITIONS, sizeof *times, compare);
    printf("{\"workload\":\"%s\",\"peer\":\"onnxruntime\",\"variant\":\"%s\",\"value\":%.5g,\"unit\":\"us\"}\n", w->name, version, times[REPETITIONS / 2] * 1e6);
    fflush(stdout);
}

static const struct workload *find(const char *name)
{
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        if (strcmp(workloads[i].name, name) == 0) return &workloads[i];
    fprintf(stderr, "onnxruntime: no workload '%s'; allowed:", name);
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) fprintf(stderr, " %s", workloads[i].name);
    fprintf(stderr, "\n");
    exit(2);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: onnxruntime LIBRARY MODELS [--once] [WORKLOAD...]\n");
        return 2;
    }
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "onnxruntime: %s\n", dlerror());
        return 1;
    }
    const struct base *base = ((const struct base *(*)(void))dlsym(library, "OrtGetApiBase"))();
    version = base->get_version();
    api = base->get_api(API_VERSION);
    CALL(CREATE_ENV, (int, const char *, void **), LOG_ERRORS, "benchmark", &env);
    CALL(CREATE_CPU_MEMORY_INFO, (int, int, void **), ARENA_ALLOCATOR, DEFAULT_MEMORY, &memory);

    if (argc == 5 && strcmp(argv[3], "--once") == 0) {
        struct session s = open_session(find(argv[4]), argv[2]);
        run(&s);
        printf("%g\n", s.first_output[0]);
        return 0;
    }
    const char *text = getenv("BENCHMARK_SECONDS");
    double seconds = text ? atof(text) : 0.2;
    if (!(seconds > 0 && seconds <= 60)) {
        fprintf(stderr, "onnxruntime: BENCHMARK_SECONDS is '%s'; allowed: above 0, to 60\n", text);
        return 2;
    }
    if (argc == 3)
        for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) measure(&workloads[i], argv[2], seconds);
    for (int i = 3; i < argc; i++) measure(find(argv[i]), argv[2], seconds);
    return 0;
}
