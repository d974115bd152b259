/* Without threads or file descriptors calls fail with a code and a detail, leave nothing behind,
 * and what was accepted still completes. Each part runs in a process of its own. */
#include "regress.h"
#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int completed, destroyed;
static volatile int errors;

static int entries(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;

    CHECK(folder != NULL);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* From now on no thread of the process can start another one. False when that cannot be had. */
static bool forbid_threads(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), /* the system call's number */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof filter / sizeof filter[0], filter };

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

static void on_done(int32_t code, const char *detail, void *data)
{
    int32_t *result = data;

    CHECK((code == CAMERA_OK) == (*detail == '\0'));
    *result = code;
    completed++;
}

static void on_frame(camera_surface *surface, camera_frame *frame, void *data)
{
    (void)surface, (void)frame, (void)data;
}

static void on_destroy(void *data)
{
    (void)data;
    destroyed++;
}

static void on_error(int32_t code, const char *detail, void *data)
{
    (void)data;
    CHECK(code != CAMERA_OK && *detail != '\0');
    errors++;
}

static int32_t try_manager(int32_t dispatch)
{
    camera_manager *const untouched = (camera_manager *)&completed;
    camera_manager *manager = untouched;
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    int32_t code;

    options.dispatch = dispatch;
    options.cameras = "virtual";
    code = camera_manager_create(&options, &manager);
    if (code == CAMERA_OK) {
        OK(camera_manager_release(manager));
    } else {
        CHECK(code == CAMERA_ERROR_SERVICE_FATAL_ERROR);
        CHECK(camera_error_detail()[0] != '\0');
        CHECK(manager == untouched);
    }
    return code;
}

static int without_descriptors(void)
{
    struct rlimit old, few;
    int fds, tasks, failures = 0;

    OK(try_manager(CAMERA_DISPATCH_LIBRARY));
    CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
    fds = entries("/proc/self/fd");
    tasks = entries("/proc/self/task");
    for (int32_t dispatch = CAMERA_DISPATCH_LIBRARY; dispatch <= CAMERA_DISPATCH_CALLER; dispatch++) {
        for (rlim_t limit = 0; limit < 12; limit++) {
            few = old;
            few.rlim_cur = limit;
            CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
            failures += try_manager(dispatch) != CAMERA_OK;
            CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
        }
    }
    CHECK(failures > 0);
    /* A thread that was joined may be listed for a moment still. */
    for (int i = 0; i < 100 && entries("/proc/self/task") != tasks; i++)
        sleep_ms(10);
    CHECK(entries("/proc/self/task") == tasks);
    CHECK(entries("/proc/self/fd") == fds);
    return 0;
}

/* The rate of a running session cannot be changed: the session tells, and starts again later. */
static int running_out_of_descriptors(void)
{
    struct rlimit old, none;
    uint64_t listener;
    int32_t state;
    camera_frame *frame;
    camera_photo *photo;
    rig r;

    make_rig(&r, CAMERA_DISPATCH_LIBRARY);
    OK(camera_session_add_error_listener(r.session, on_error, NULL, NULL, &listener));
    OK(camera_session_start(r.session));
    OK(camera_surface_acquire(r.surface, 5000, &frame));
    OK(camera_frame_release(frame));
    CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
    none = old;
    none.rlim_cur = 0;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    CHECK(camera_output_set_frame_rate(r.preview, 15, 15) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(camera_error_detail()[0] != '\0');
    CHECK(camera_output_take_photo(r.photo, NULL, -1, &photo) == CAMERA_ERROR_SERVICE_FATAL_ERROR);
    CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
    OK(camera_session_get_state(r.session, &state));
    CHECK(state == CAMERA_SESSION_STATE_STARTED);
    /* Released sessions tell nothing any more: the event must have come before. */
    while (errors == 0)
        sleep_ms(1);
    OK(camera_session_stop(r.session));
    OK(camera_session_start(r.session));
    OK(camera_output_set_frame_rate(r.preview, 15, 15));
    OK(camera_output_take_photo(r.photo, NULL, 5000, &photo));
    OK(camera_photo_release(photo));
    OK(camera_manager_release(r.manager));
    CHECK(errors == 1);
    return 0;
}

static int without_threads(void)
{
    if (!forbid_threads())
        return 77;
    CHECK(try_manager(CAMERA_DISPATCH_LIBRARY) != CAMERA_OK);
    CHECK(try_manager(CAMERA_DISPATCH_CALLER) != CAMERA_OK);
    return 0;
}

static int running_out_of_threads(int32_t dispatch)
{
    int32_t results[4] = { -1, -1, -1, -1 };
    int32_t set;
    rig r;

    make_rig(&r, dispatch);
    if (!forbid_threads())
        return 77;
    OK(camera_session_start_async(r.session, on_done, &results[0]));
    OK(camera_output_release_async(r.photo, on_done, &results[1]));
    OK(camera_input_close_async(r.input, on_done, &results[2]));
    OK(camera_session_release_async(r.session, on_done, &results[3]));
    set = camera_surface_set_callback(r.surface, on_frame, NULL, on_destroy);
    if (dispatch == CAMERA_DISPATCH_CALLER)
        CHECK(set == CAMERA_OK);
    else
        CHECK(set == CAMERA_ERROR_SERVICE_FATAL_ERROR && camera_error_detail()[0] != '\0');
    OK(camera_manager_release(r.manager));
    CHECK(completed == 4);
    CHECK(results[0] == CAMERA_ERROR_SERVICE_FATAL_ERROR); /* no thread waits for the device */
    CHECK(results[1] == CAMERA_OK && results[2] == CAMERA_OK && results[3] == CAMERA_OK);
    CHECK(destroyed == (set == CAMERA_OK));
    return 0;
}

static int part(int number)
{
    switch (number) {
    case 0: return without_descriptors();
    case 1: return running_out_of_descriptors();
    case 2: return without_threads();
    case 3: return running_out_of_threads(CAMERA_DISPATCH_LIBRARY);
    default: return running_out_of_threads(CAMERA_DISPATCH_CALLER);
    }
}

/* Can threads be forbidden here? Tried in a process of its own, because it cannot be undone; not
 * under valgrind, which does not know the system call. */
static bool threads_can_be_forbidden(void)
{
    int status = 1;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0)
        _exit(without_threads() == 77);
    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(void)
{
    int parts = threads_can_be_forbidden() ? 5 : 2;

    for (int number = 0; number < parts; number++) {
        int status;
        pid_t child = fork();

        CHECK(child >= 0);
        if (child == 0) {
            int result;

            watchdog(9);
            result = part(number);
            fflush(NULL);
            /* Where threads are forbidden the leak sanitizer cannot look: it needs one. */
            number < 2 ? exit(result) : _exit(result);
        }
        CHECK(waitpid(child, &status, 0) == child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            fprintf(stderr, "part %d failed (status %#x)\n", number, (unsigned)status);
            return 1;
        }
    }
    if (parts < 5) {
        printf("threads cannot be forbidden here (seccomp): only the parts about descriptors ran\n");
    }
    return 0;
}
