/*
 * soak.c: random operations from four threads on random cameras with random faults, round after round.
 *
 * A round has a manager of its own, in one of the two ways of dispatching, with a set of virtual cameras
 * that fail, or not. Each thread works with objects of its own, of which the model knows what they must
 * answer (soak_own.c), and with objects that all share (soak_shared.c), from inside callbacks as well.
 * Then the manager is released: at rest, with everything running, or from inside a callback. After that
 * nothing may be left: no completion or destroy owed, no thread, no file, no memory; frames that are
 * still held must be what they were, and released handles answer as such.
 *
 * Environment: SOAK_SECONDS (600), SOAK_SEED (random; it is printed), SOAK_ROUND (the first round, to try
 * a failure again), SOAK_PATIENCE (seconds that one call may take, 60).
 */
#include "soak.h"

#include <malloc.h>

struct round now;
uint64_t soak_seed;

static int peak_threads;
static long patience = 60;

/* --- what the process has --------------------------------------------------------------------- */

static int library_threads(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/task");
    CHECK(directory != NULL);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *comm = fopen(path, "r");
        if (comm) {
            count += fgets(name, sizeof name, comm) && strncmp(name, "camera-", 7) == 0;
            fclose(comm);
        }
    }
    closedir(directory);
    return count;
}

/* Bytes that the process has from the C library, which the Rust library uses as well; 0: not known. The
 * sanitizers have allocators of their own, and AddressSanitizer looks for leaks itself. */
static long memory_in_use(void)
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    return 0;
#elif defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 33)
    struct mallinfo2 info = mallinfo2();
    return (long)(info.uordblks + info.hblkhd);
#else
    return 0;
#endif
#else
    return 0;
#endif
}

/* --- the watchdog ------------------------------------------------------------------------------- */

static int watching = 1;

static void *watch(void *nothing)
{
    while (GET(watching)) {
        for (size_t i = 0; i < T_COUNT(workers); i++) {
            int64_t since = GET(workers[i].since);
            if (GET(workers[i].doing) && t_now_ms() - since > patience * 1000) {
                printf("\nA call has not returned for %ld seconds. All threads:\n", patience);
                tell_stacks();
                broken("a deadlock, or a call that waits for ever");
            }
        }
        t_sleep_ms(200);
    }
    return nothing;
}

/* --- a round ------------------------------------------------------------------------------------ */

static const struct {
    unsigned faults;
    const char *script;
} scripts[] = {
    {FINE, ""}, {FINE, ""}, {FINE, ""}, {FINE, ""}, {FINE, ""},
    {SLOW, "+slow@open=30ms"}, {SLOW, "+slow@commit=20ms"}, {SLOW, "+slow@start=40ms"}, {SLOW, "+slow@stop=25ms"},
    {LOSSY, "+drop=10%"}, {LOSSY, "+corrupt=7"}, {LOSSY, "+corrupt@3f-9f"}, {LOSSY, "+eio@6f"},
    {LOSSY, "+jump@5f=300ms"}, {LOSSY, "+jump@200ms=-500ms"}, {LOSSY, "+wrap"}, {LOSSY, "+wrap=4+drop@2f-6f"},
    {NASTY, "+unplug@8f+return@20f"}, {NASTY, "+unplug@200ms+return@400ms+unplug@3f+return@9f"}, {NASTY, "+unplug@5f"},
    {NASTY, "+fail@10f"}, {NASTY, "+silent@3f"}, {NASTY, "+eio@4f+eio@5f"}, {NASTY, "+busy@open=2"}, {NASTY, "+busy@commit=2"},
    {NASTY, "+denied=2"}, {NASTY, "+slow@start=30ms+unplug@4f+return@8f"}, {NASTY, "+drop=25%+fail@6f"},
};
static uint64_t script_rounds[T_COUNT(scripts)];

static void choose_cameras(struct chance *chance)
{
    size_t at = 0;
    for (int i = 0; i < CAMERAS; i++) {
        /* Of a thread's two cameras one does not fail, so that the exact answers are tried in every round. */
        size_t which = below(chance, i % 2 ? T_COUNT(scripts) : 17);
        script_rounds[which]++;
        now.cameras[i].faults = scripts[which].faults;
        now.cameras[i].script = scripts[which].script;
        at += (size_t)snprintf(now.sources + at, sizeof now.sources - at, "%svirtual:1%s", i ? "," : "", scripts[which].script);
    }
}

static void begin_round(uint64_t number)
{
    struct chance chance = {soak_seed + number * UINT64_C(0x632be59bd9b4e019)};
    memset(&now, 0, sizeof now);
    now.number = number;
    now.caller_driven = happens(&chance, 40);
    choose_cameras(&chance);
    for (size_t i = 0; i < T_COUNT(workers); i++)
        workers[i].chance.state = next_number(&chance);
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    options.cameras = now.sources;
    options.dispatch = now.caller_driven ? CAMERA_DISPATCH_CALLER : CAMERA_DISPATCH_LIBRARY;
    EXPECT_CODE(camera_manager_create(&options, &now.manager), C0, "making a manager for %s", now.sources);
    shared_begin();
}

static void wait_for(bool completions_only, const char *what)
{
    int64_t end = t_now_ms() + 45000;
    while (!tickets_settled(completions_only, false) && t_now_ms() < end) {
        if (completions_only && now.caller_driven)
            dispatch_a_while();
        else
            t_sleep_ms(1);
    }
    /* Callbacks may have begun something new by now, which is no reason to complain. */
    if (t_now_ms() >= end && !tickets_settled(completions_only, false)) {
        printf("\n45 seconds after %s:\n", what);
        tickets_settled(completions_only, true);
    }
}

static void release_manager(void)
{
    ADD(me->dispatching, now.caller_driven); /* what is left runs inside this call */
    EXPECT_CODE(CALL(MANAGER_RELEASE, now.manager, camera_manager_release(now.manager)), C0, "releasing the manager");
    ADD(me->dispatching, -(int)now.caller_driven);
    SET(now.ended, 1);
}

/* The three ways in which a manager ends. */
static void end_manager(pthread_t *threads, struct chance *chance)
{
    unsigned way = below(chance, 3);
    if (way == 0) {
        SET(now.release_inside, 1);
        int64_t end = t_now_ms() + 2000;
        while (GET(now.release_inside) == 1 && t_now_ms() < end)
            t_sleep_ms(1);
        /* Where no callback comes any more: as in the second way. */
        if (__sync_bool_compare_and_swap(&now.release_inside, 1, 0))
            way = 1;
    }
    if (way == 1) {
        SET(now.ending, 1);
        release_manager();
    }
    SET(now.stop, 1);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    if (way == 2) {
        wait_for(true, "the last call");
        shared_end();
        SET(now.ending, 1);
        release_manager();
    }
    wait_for(false, "the end of the manager");
    SET(now.ended, 1);
}

static void check_nothing_left(int files)
{
#ifdef __SANITIZE_THREAD__
    files += 4; /* to the program that finds names for its suppressions */
#endif
    int64_t end = t_now_ms() + 10000;
    while ((library_threads() > 0 || t_entries("/proc/self/fd", false) > files) && t_now_ms() < end)
        t_sleep_ms(1);
    if (library_threads() > 0) {
        t_entries("/proc/self/task", true);
        broken("%d threads of the library are left", library_threads());
    }
    if (t_entries("/proc/self/fd", false) > files) {
        t_entries("/proc/self/fd", true);
        broken("%d files are left open", t_entries("/proc/self/fd", false) - files);
    }
}

/* Returns the memory that is in use after it. */
static long one_round(uint64_t number, int files)
{
    struct chance chance = {~soak_seed + number * UINT64_C(0x9fb21c651e98df25)};
    pthread_t threads[THREADS];
    begin_round(number);
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, own_work, &workers[i]) != 0)
            broken("no thread can be made");
    }
    int64_t end = t_now_ms() + 300 + (int64_t)below(&chance, 1200);
    while (t_now_ms() < end) {
        int count = t_entries("/proc/self/task", false) - 2;
        peak_threads = count > peak_threads ? count : peak_threads;
        t_sleep_ms(50);
    }
    end_manager(threads, &chance);
    /* From here on every answer is known again. */
    SET(now.ending, 0);
    release_some_frames(0);
    shared_after();
    try_all_released();
    tickets_settled(false, true);
    check_nothing_left(files);
    long kept = (long)forget_tickets(), used = memory_in_use();
    return used > kept ? used - kept : 0;
}

/* --- all of it ---------------------------------------------------------------------------------- */

#define ROUNDS 4096
/* What the memory may have grown by from the first quarter to the end. The tables of handles grow with the
 * most objects that there ever were at a time, which takes some fifty rounds; a frame has 115200 bytes or
 * more. */
static long tolerance(size_t rounds) { return (rounds < 60 ? 384 : 96) * 1024L; }

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static long least(const long *of, size_t from, size_t to)
{
    long result = of[from];
    for (size_t i = from; i < to; i++)
        result = of[i] < result ? of[i] : result;
    return result;
}

static void progress(double seconds, unsigned long rounds, long memory)
{
    printf("%6.0f s  round %-5lu %10" PRIu64 " calls %9" PRIu64 " completions %8" PRIu64 " frames", seconds, rounds, all_calls(),
           GET(count_completions), GET(count_frames));
    if (memory > 0)
        printf(" %7ld KiB", memory / 1024);
    printf("\n");
}

int main(void)
{
    static long memory[ROUNDS];
    struct timespec clock;
    setvbuf(stdout, NULL, _IOLBF, 0);
    clock_gettime(CLOCK_REALTIME, &clock);
    double wanted = (double)setting("SOAK_SECONDS", 600);
    soak_seed = setting("SOAK_SEED", (uint64_t)clock.tv_nsec * 1000 + (uint64_t)getpid() % 1000);
    patience = (long)setting("SOAK_PATIENCE", 60);
    uint64_t first = setting("SOAK_ROUND", 0), round = first;
    for (size_t i = 0; i < T_COUNT(workers); i++)
        workers[i].number = (int)i;
    me = &workers[THREADS];
    printf("A soak of %.0f seconds, SOAK_SEED=%" PRIu64 "\n", wanted, soak_seed);

    pthread_t watchdog;
    CHECK(pthread_create(&watchdog, NULL, watch, NULL) == 0);
    int files = t_entries("/proc/self/fd", false);
    int64_t begin = t_now_ms(), told = begin;
    double seconds = 0;
    while (seconds < wanted || round == first) {
        memory[(round - first) % ROUNDS] = one_round(round, files);
        seconds = (double)(t_now_ms() - begin) / 1000;
        round++;
        if (t_now_ms() - told >= 10000) {
            told = t_now_ms();
            progress(seconds, (unsigned long)(round - first), memory[(round - first - 1) % ROUNDS]);
        }
    }
    SET(watching, 0);
    pthread_join(watchdog, NULL);
    forget_tickets();

    size_t rounds = (size_t)(round - first);
    long before = 0, after = 0;
    if (rounds >= 8 && rounds < ROUNDS) {
        before = least(memory, rounds / 4, rounds / 2);
        after = least(memory, rounds - rounds / 4, rounds);
    }
    tell_summary(seconds, peak_threads, before, after);
    printf("%zu rounds, %" PRIu64 " of them ended from inside a callback\n\nCameras that had these faults\n", rounds,
           count_rounds_callback);
    for (size_t i = 0, column = 0; i < T_COUNT(scripts); i++) {
        if (scripts[i].faults != FINE)
            printf("  %-48s %6" PRIu64 "%s", scripts[i].script + 1, script_rounds[i],
                   ++column % 2 && i + 1 < T_COUNT(scripts) ? "" : "\n");
    }
    if (after > before + tolerance(rounds))
        broken("the memory in use grew by %ld KiB", (after - before) / 1024);
    printf("\nNothing is broken.\n");
    return 0;
}
