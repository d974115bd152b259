/*
 * VM: fault by fault, what a running session makes of it: one table, printed by the test. In the virtual
 * machine the faults are those of the kernel's camera simulator (vivid), elsewhere those of virtual
 * cameras.
 *
 * Each session has a preview, a video, a photo that somebody waits for, operations that are pending and a
 * frame that is held, and listeners for everything. A row that is not as the contract has it says what is
 * not. Each runs in a process of its own.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "t_fault_table.h"

/* What must come of it. LOST: 108 everywhere; FAILED: 201; else it goes on. */
static const struct row virtual_rows[] = {
    {.name = "none", .script = ""},
    {.name = "unplug and return", .script = "unplug@12f+return@30f", .end = LOST, .at = 12},
    {.name = "EIO once", .script = "eio@12f", .at = 12, .corrupt = true},
    {.name = "corrupt frames", .script = "corrupt@12f-=3", .at = 12, .corrupt = true},
    {.name = "EIO for ever", .script = "fail@12f", .end = FAILED, .at = 12, .corrupt = true},
    {.name = "EIO twice in a row", .script = "eio@12f+eio@13f", .end = FAILED, .at = 13, .corrupt = true},
    {.name = "unplug", .script = "unplug@12f", .end = LOST, .at = 12, .anew = 108},
    {.name = "dropped frames", .script = "drop@12f-=3", .at = 12, .lost = true},
    {.name = "silent for ever", .script = "silent@12f", .at = 12, .restarts = true},
    {.name = "silent from the start", .script = "silent@0f", .end = FAILED, .at = 0, .within = 40},
    {.name = "busy at open", .script = "busy@open=1", .open = 107},
    {.name = "busy at commit", .script = "busy@commit=1", .commit = 107},
    {.name = "no permission", .script = "denied=1", .open = 102},
    {.name = "no buffers (REQBUFS)", .script = "fail@commit=1", .commit = 201},
    {.name = "does not start (STREAMON)", .script = "fail@start=1", .start = 201},
    {.name = "slow to open", .script = "slow@open=300ms"},
    {.name = "slow to start and stop", .script = "slow@start=300ms+slow@stop=300ms"},
    {.name = "wrapped sequence", .script = "wrap=12", .at = 12},
    {.name = "timestamps go back", .script = "jump@12f=-2s", .at = 12},
};

static const struct row vivid_rows[] = {
    {.name = "none"},
    {.name = "disconnect", .end = LOST, .when = RUNNING, .control = DISCONNECT, .within = 2},
    {.name = "buffer error", .when = RUNNING, .control = BUFFER_ERROR, .corrupt = true},
    {.name = "QBUF error while it runs", .when = RUNNING, .control = QBUF_ERROR},
    {.name = "QBUF error at start", .when = AT_START, .control = QBUF_ERROR, .start = 201},
    {.name = "REQBUFS error", .when = AT_COMMIT, .control = REQBUFS_ERROR, .commit = 201},
    {.name = "STREAMON error", .when = AT_START, .control = STREAMON_ERROR, .start = 201},
    {.name = "fatal streaming error", .end = FAILED, .when = RUNNING, .control = FATAL_ERROR},
    {.name = "40 % of the buffers dropped", .when = RUNNING, .control = DROPPED_BUFFERS, .value = 40, .lost = true},
    {.name = "all dropped: silent for ever", .end = FAILED, .when = RUNNING, .control = DROPPED_BUFFERS, .value = 100, .within = 40},
    {.name = "wrapped sequence", .when = AT_START, .control = WRAP_SEQUENCE, .value = 1, .frames = 150},
    {.name = "wrapped timestamp, 64 bits", .when = AT_START, .control = WRAP_TIMESTAMP, .value = 1, .estimated = true},
    {.name = "wrapped timestamp, 32 bits", .when = AT_START, .control = WRAP_TIMESTAMP, .value = 2, .estimated = true},
    {.name = "no permission", .when = AT_OPEN, .act = DENY, .open = 102},
    {.name = "in use by another process", .when = AT_COMMIT, .act = OCCUPY, .commit = 107},
    {.name = "module removed while it streams", .when = RUNNING, .act = REMOVE_MODULE},
    {.name = "unbind", .end = LOST, .when = RUNNING, .act = UNBIND, .anew = 108},
    {.name = "unbind and bind again", .end = LOST, .when = RUNNING, .act = UNBIND_AND_BIND},
};

int main(void)
{
    bool vm = getenv("CAMERA_TEST_VM") != NULL;
    unsetenv("CAMERA_SESSION_CAMERAS");
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (vm)
        return print_table("vivid", vivid_rows, T_COUNT(vivid_rows), 1);
    /* Under valgrind a few, which do not depend on its pace. */
    bool slow = t_scale() >= 20;
    return print_table("virtual cameras", virtual_rows + slow, slow ? 3 : T_COUNT(virtual_rows), slow ? 3 : 6);
}
