/* What a process costs, in the interchange format of the benchmarks: process_time PEER VARIANT RUNS COMMAND [ARGUMENT...]
   start: ms from before the process exists to the first byte on its standard output; memory: MB, the most that it held. Medians over the runs.
   Standard input is read anew from its start by each run, so it must be a file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_RUNS = 101 };
extern char **environ;

static void fail(const char *what)
{
    fprintf(stderr, "process_time: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run(char **command, double *start, double *memory)
{
    int pipe_ends[2], status;
    char buffer[4096];
    pid_t process;
    struct rusage usage;
    posix_spawn_file_actions_t actions;
    lseek(0, 0, SEEK_SET);
    if (pipe2(pipe_ends, O_CLOEXEC)) fail("pipe");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
    double begin = now_ms();
    if ((errno = posix_spawnp(&process, command[0], &actions, NULL, command, environ))) fail(command[0]);
    close(pipe_ends[1]);
    if (read(pipe_ends[0], buffer, sizeof buffer) <= 0) {
        fprintf(stderr, "process_time: %s printed nothing\n", command[0]);
        exit(1);
    }
    *start = now_ms() - begin;
    while (read(pipe_ends[0], buffer, sizeof buffer) > 0) continue;
    close(pipe_ends[0]);
    if (wait4(process, &status, 0, &usage) < 0) fail("wait");
    if (status != 0) {
        fprintf(stderr, "process_time: %s failed\n", command[0]);
        exit(1);
    }
    *memory = usage.ru_maxrss * 1024e-6;
    posix_spawn_file_actions_destroy(&actions);
}

int main(int argc, char **argv)
{
    int runs = argc > 4 ? atoi(argv[3]) : 0;
    if (runs < 1 || runs > MOST_RUNS) {
        fprintf(stderr, "usage: process_time PEER VARIANT RUNS COMMAND [ARGUMENT...]; RUNS: 1 to %d\n", MOST_RUNS);
        return 2;
    }
    double starts[MOST_RUNS], memories[MOST_RUNS];
    for (int i = 0; i < runs; i++) run(argv + 4, &starts[i], &memories[i]);
    qsort(starts, runs, sizeof *starts, compare);
    qsort(memories, runs, sizeof *memories, compare);
    const char *line = "{\"workload\":\"%s\",\"peer\":\"%s\",\"variant\":\"%s\",\"value\":%.4g,\"unit\":\"%s\"}\n";
    printf(line, "start", argv[1], argv[2], starts[runs / 2], "ms");
    printf(line, "memory", argv[1], argv[2], memories[runs / 2], "MB");
    return 0;
}
