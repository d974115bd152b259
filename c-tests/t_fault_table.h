/*
 * t_fault_table.h: the table of test_fault_table.c: every row in a process of its own, some at a time.
 */
#ifndef T_FAULT_TABLE_H
#define T_FAULT_TABLE_H

#include "t_fault_rows.h"

/* In a process of its own, so that a row that crashes or hangs is one line of the table. */
static inline pid_t begin_process(const struct row *row, struct line *line, bool vm)
{
    memset(line, 0, sizeof *line);
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm((unsigned)t_limit());
        run_row(row, line, vm);
        line->done = true;
        exit(0);
    }
    return child;
}

/* Every row, so many at a time; a row that is right but for its time, on a busy machine, is run again. */
static inline int print_table(const char *of, const struct row *rows, size_t count, size_t width)
{
    enum { TRIES = 3, MOST = 64 };
    bool vm = getenv("CAMERA_TEST_VM") != NULL;
    pid_t children[MOST] = {0};
    int codes[MOST] = {0}, tries[MOST] = {0}, failed = 0;
    struct line *lines = mmap(NULL, count * sizeof *lines, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(lines != MAP_FAILED && count <= MOST);
    size_t begun = 0, running = 0, over = 0;
    while (over < count) {
        if (begun < count && running < width) {
            if (vm)
                vivid_plugged_in();
            tries[begun]++;
            children[begun] = begin_process(&rows[begun], &lines[begun], vm);
            begun++;
            running++;
            continue;
        }
        int status = 0;
        pid_t ended = wait(&status);
        size_t row = 0;
        CHECK(ended > 0);
        while (row < count && children[row] != ended)
            row++;
        CHECK(row < count);
        codes[row] = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        if (codes[row] == 0 && lines[row].only_late && tries[row] < TRIES) {
            if (vm)
                vivid_plugged_in();
            tries[row]++;
            children[row] = begin_process(&rows[row], &lines[row], vm);
            continue;
        }
        running--;
        over++;
    }
    printf("TABLE Faults of %s: a session with a preview, a video, photos that are waited for, and %d pending operations,\n", of, PENDING);
    printf("TABLE with a frame held. 108 stands for 7400108, 201 for 7400201, and so on; - for nothing.\n");
    printf("TABLE   told: camera status, input error, session error; ended: the runs of preview and video, and a waiting photo, with this\n");
    printf("TABLE   code; late: frame periods from the fault until all of it was told; done: pending operations completed; again: what stop,\n");
    printf("TABLE   start and release answer then; frames: delivered, lost, corrupt, of the preview; CPU: percent, after it; new: a new input.\n");
    printf("TABLE   A silent camera is given %d periods, is started once more, and has failed after as many again.\n", SILENCE);
    printf("TABLE | %-30s | %-10s | %-12s | %-11s | %5s | %s | %-11s | %-4s | %-12s | %3s | %4s | %-15s |\n", "fault", "refused", "told", "ended",
           "late", "done", "again", "held", "frames", "CPU", "new", "as the contract");
    for (size_t row = 0; row < count; row++) {
        struct line *line = &lines[row];
        bool right = codes[row] == 0 && line->done && *line->wrong == '\0';
        if (!line->done)
            snprintf(line->text, sizeof line->text, "%-30s (ended with %d)", rows[row].name, codes[row]);
        printf("TABLE | %s | %-15s |\n", line->text, right ? "yes" : "NO");
        if (!right)
            printf("%s: %s\n", rows[row].name, line->wrong);
        failed = codes[row] != 0 && failed == 0 ? codes[row] : right || failed ? failed : 1;
    }
    printf("TABLE\n");
    if (vm)
        vivid_plugged_in();
    munmap(lines, count * sizeof *lines);
    return failed;
}

#endif
