// Runs workloads of the program (Workloads.cs).
//   bits        all of them; standard output: for each the number of its results (int32) and the results (float)
//   trace N     three calls of workload N; the last one, the one that a trace looks for, is traced_call
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void start_runtime(void);
int32_t workload_count(void);
void workload_create(int32_t index);
int32_t workload_outputs(void);
int32_t workload_calls(void);
void workload_draw(void);
void workload_next(float* results);

__attribute__((noinline)) void traced_call(float* results)
{
    workload_next(results);
    __asm__ volatile(""); // not the last call, so that the trace comes back here
}

int main(int argc, char** argv)
{
    start_runtime();
    if (argc > 2)
    {
        workload_create(atoi(argv[2]));
        float* results = calloc((size_t)workload_outputs(), sizeof(float));
        for (int call = 0; call < 2; call++)
        {
            workload_draw();
            workload_next(results);
        }

        workload_draw();
        traced_call(results);
        return 0;
    }

    for (int32_t index = 0; index < workload_count(); index++)
    {
        workload_create(index);
        int32_t outputs = workload_outputs(), calls = workload_calls(), count = outputs * calls;
        float* results = calloc((size_t)count, sizeof(float));
        for (int32_t call = 0; call < calls; call++)
        {
            workload_draw();
            workload_next(results + call * outputs);
        }

        fwrite(&count, sizeof count, 1, stdout);
        fwrite(results, sizeof(float), (size_t)count, stdout);
        free(results);
    }

    return 0;
}
