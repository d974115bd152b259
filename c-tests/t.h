/*
 * t.h: what the C tests share: checks, and cases that each run in a process of their own. The
 * objects that most of them need are in t_rig.h.
 *
 * A test is one program: functions of type void(void), listed with CASE() and given to t_main().
 * Each runs in a child process with a time limit, so that a crash or a hang is one failed case and
 * the rest still runs. When it returns, the child must have as many open files and threads as it
 * began with: a manager that is released leaves nothing behind.
 *
 * Run one case alone with `program NAME`; with CAMERA_TEST_NOFORK set it runs in this process, for
 * a debugger. Codes are written as the contract writes them: 101 for 7400101, 0 for success.
 */
#ifndef T_H
#define T_H

#define _XOPEN_SOURCE 700

#include <camera_session.h>

#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define T_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Set while this thread is inside a call that must not complete before it returns. */
__attribute__((unused)) static __thread int t_inside;
static int t_failures;

/* --- checks --------------------------------------------------------------------------------- */

/* Notes a failure and goes on. */
__attribute__((format(printf, 3, 4))) static inline void t_note(const char *file, int line,
                                                                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%s:%d: ", file, line);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    fflush(stdout);
    t_failures++;
}

/* Notes a failure and ends the case, on whichever thread. */
#define FAIL(...) (t_note(__FILE__, __LINE__, __VA_ARGS__), _exit(1))
#define EXPECT(condition, ...) \
    ((condition) ? (void)0 : t_note(__FILE__, __LINE__, __VA_ARGS__))
#define CHECK(condition) ((condition) ? (void)0 : FAIL("not true: %s", #condition))
#define CHECK_EQ(actual, expected) \
    t_check_eq(__FILE__, __LINE__, #actual, (long long)(actual), (long long)(expected))
/* The call answers with this code; a failure also leaves a detail. */
#define CHECK_CODE(call, expected) t_check_code(__FILE__, __LINE__, #call, (call), (expected))
#define OK(call) CHECK_CODE(call, 0)
/* The call is accepted, and its completion does not run inside it. */
#define ACCEPT(call)                                                   \
    do {                                                               \
        t_inside = 1;                                                  \
        int32_t t_code = (call);                                       \
        t_inside = 0;                                                  \
        t_check_code(__FILE__, __LINE__, #call, t_code, 0);            \
    } while (0)

static inline int32_t t_long(int code)
{
    return code >= 100 && code < 1000 ? 7400000 + code : code;
}

static inline void t_check_eq(const char *file, int line, const char *what, long long actual,
                              long long expected)
{
    if (actual != expected) {
        t_note(file, line, "%s is %lld, not %lld", what, actual, expected);
        _exit(1);
    }
}

static inline void t_check_code(const char *file, int line, const char *call, int32_t code,
                                int expected)
{
    const char *detail = camera_error_detail();
    if (code != t_long(expected)) {
        t_note(file, line, "%s is %d (%s), not %d; last detail: %s", call, (int)code,
               camera_error_name(code), (int)t_long(expected), detail);
        _exit(1);
    }
    if (code != 0 && *detail == '\0') {
        t_note(file, line, "%s is %d without a detail", call, (int)code);
        _exit(1);
    }
}

/* --- time and counts ------------------------------------------------------------------------ */

static inline long t_scale(void)
{
    const char *text = getenv("CAMERA_TEST_SCALE");
    long scale = text ? strtol(text, NULL, 10) : 1;
    return scale > 0 ? scale : 1;
}

/* A repeat count, divided where everything is slower. */
static inline long t_scaled(long count)
{
    long scaled = count / t_scale();
    return scaled > 0 ? scaled : 1;
}

/* Seconds that a case may take: below what run-c-tests.sh gives the whole program. */
static inline long t_limit(void)
{
    return t_scale() >= 20 ? 280 : t_scale() > 1 ? 110 : 55;
}

static inline int64_t t_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void t_sleep_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* Waits until the condition holds; the case fails when it does not within most of its time. */
#define WAIT_UNTIL(condition)                                          \
    do {                                                               \
        int64_t t_end = t_now_ms() + t_limit() * 800;                  \
        while (!(condition)) {                                         \
            if (t_now_ms() > t_end)                                    \
                FAIL("never came true: %s", #condition);               \
            t_sleep_ms(1);                                             \
        }                                                              \
    } while (0)

/* --- cases ---------------------------------------------------------------------------------- */

struct t_case {
    const char *name;
    void (*run)(void);
};
#define CASE(function) { #function, function }

static inline int t_entries(const char *path, bool show)
{
    int count = 0;
    DIR *directory = opendir(path);
    CHECK(directory != NULL);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL; count++) {
        char name[300], what[100] = "";
        snprintf(name, sizeof name, "%s/%s/comm", path, entry->d_name);
        FILE *comm = show ? fopen(name, "r") : NULL;
        if (comm && fgets(what, sizeof what, comm))
            what[strcspn(what, "\n")] = '\0';
        if (comm)
            fclose(comm);
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (show && !*what && readlink(name, what, sizeof what - 1) < 0)
            continue;
        if (show)
            printf("  %s %s\n", name, what);
    }
    closedir(directory);
    return count;
}

/* A thread that was joined stays in /proc for a moment: hence the wait. */
static inline void t_check_left(const char *path, int before)
{
    int64_t end = t_now_ms() + 10000;
    while (t_entries(path, false) > before && t_now_ms() < end)
        t_sleep_ms(1);
    int after = t_entries(path, false);
    if (after > before) {
        t_note(__FILE__, __LINE__, "%s has %d entries more than before:", path, after - before);
        t_entries(path, true);
    }
}

static inline int t_run(const struct t_case *one)
{
    int files = t_entries("/proc/self/fd", false), threads = t_entries("/proc/self/task", false);
    one->run();
#ifdef __SANITIZE_THREAD__
    files += 4; /* to the program that finds names for its suppressions */
    threads++; /* the sanitizer's own, which comes with the first of the library's */
#endif
    t_check_left("/proc/self/fd", files);
    t_check_left("/proc/self/task", threads);
    return t_failures ? 1 : 0;
}

/* How the child ended: its exit code, or 1 with the reason printed. */
static inline int t_wait(const char *name, pid_t child)
{
    int status = 0;
    int64_t end = t_now_ms() + t_limit() * 1000;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (t_now_ms() > end) {
            char path[64];
            printf("%s: no end after %ld seconds; its threads:\n", name, t_limit());
            snprintf(path, sizeof path, "/proc/%d/task", (int)child);
            t_entries(path, true);
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return 1;
        }
        t_sleep_ms(2);
    }
    if (WIFSIGNALED(status))
        printf("%s: ended by signal %d\n", name, WTERMSIG(status));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static inline int t_main(int argc, char **argv, const struct t_case *cases, size_t count)
{
    int result = 0, ran = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < count; i++) {
        if (argc > 1 && strcmp(argv[1], cases[i].name) != 0)
            continue;
        ran++;
        if (getenv("CAMERA_TEST_NOFORK"))
            return t_run(&cases[i]);
        int64_t begin = t_now_ms();
        fflush(stdout);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            exit(t_run(&cases[i])); /* not _exit: leaks are looked for at exit */
        int code = t_wait(cases[i].name, child);
        printf("%-4s %s, %" PRId64 " ms\n", code ? "FAIL" : "ok", cases[i].name,
               t_now_ms() - begin);
        result = code && result != 99 ? code : result; /* 99: valgrind's own verdict */
    }
    if (ran == 0)
        FAIL("no such case");
    return result;
}

#endif
