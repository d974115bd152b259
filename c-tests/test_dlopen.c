/*
 * test_dlopen.c: the library is opened with dlopen() and closed with dlclose(): released before, or with
 * its threads running and frames under way. It stays in memory then, goes on, and can be opened again; from
 * several threads too. This program is not linked with it.
 */
#define _GNU_SOURCE
#include <camera_session.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(what)                                                         \
    do {                                                                    \
        if (!(what)) {                                                      \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #what);       \
            fflush(stdout);                                                 \
            _exit(1);                                                       \
        }                                                                   \
    } while (0)

/* The functions that are used, under the library's own names. */
#define FUNCTIONS(X)                                                                                                       \
    X(camera_manager_create) X(camera_manager_release) X(camera_manager_create_input) X(camera_input_open)               \
    X(camera_manager_create_surface) X(camera_surface_set_callback) X(camera_surface_acquire) X(camera_surface_get_statistics) \
    X(camera_frame_release) X(camera_manager_create_preview_output) X(camera_manager_create_session)                     \
    X(camera_session_begin_config) X(camera_session_add_input) X(camera_session_add_output) X(camera_session_commit_config) \
    X(camera_session_start) X(camera_session_release)

struct library {
    void *handle;
#define MEMBER(name) __typeof__(&name) name;
    FUNCTIONS(MEMBER)
};

/* Not /proc/self/exe itself: under valgrind that is valgrind, although it is never shown as such. */
static void own_path(char *path)
{
    ssize_t length = readlink("/proc/self/exe", path, 4096);
    CHECK(length > 0 && length < 4096);
    path[length] = '\0';
}

static struct library open_library(void)
{
    struct library library;
    char path[4096 + 40];
    /* Where it is to this program: with AddressSanitizer it is not this program that opens it. */
    own_path(path);
    CHECK(strrchr(path, '/') != NULL);
    strcpy(strrchr(path, '/'), "/../../lib/libcamera_session.so");
    library.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library.handle == NULL)
        printf("%s\n", dlerror());
    CHECK(library.handle != NULL);
    /* As POSIX has it, for C knows no conversion from an object's address to a function's. */
#define FIND(name) *(void **)&library.name = dlsym(library.handle, #name); CHECK(library.name != NULL);
    FUNCTIONS(FIND)
    return library;
}

struct stream {
    camera_manager *manager;
    camera_surface *surface;
    camera_session *session;
};

static struct stream start(const struct library *library)
{
    struct stream stream;
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_input *input = NULL;
    camera_output *preview = NULL;
    options.cameras = "virtual";
    profile.format = CAMERA_FOURCC('Y', 'U', 'Y', 'V');
    profile.width = 320;
    profile.height = 240;
    CHECK(library->camera_manager_create(&options, &stream.manager) == 0);
    CHECK(library->camera_manager_create_input(stream.manager, "virtual:0", &input) == 0);
    CHECK(library->camera_input_open(input) == 0);
    CHECK(library->camera_manager_create_surface(stream.manager, NULL, &stream.surface) == 0);
    CHECK(library->camera_manager_create_preview_output(stream.manager, &profile, stream.surface, &preview) == 0);
    CHECK(library->camera_manager_create_session(stream.manager, CAMERA_SCENE_MODE_NORMAL_PHOTO, &stream.session) == 0);
    CHECK(library->camera_session_begin_config(stream.session) == 0);
    CHECK(library->camera_session_add_input(stream.session, input) == 0);
    CHECK(library->camera_session_add_output(stream.session, preview) == 0);
    CHECK(library->camera_session_commit_config(stream.session) == 0);
    CHECK(library->camera_session_start(stream.session) == 0);
    return stream;
}

static void take_one(const struct library *library, const struct stream *stream)
{
    camera_frame *frame = NULL;
    CHECK(library->camera_surface_acquire(stream->surface, 20000, &frame) == 0 && frame != NULL);
    CHECK(library->camera_frame_release(frame) == 0);
}

static int frames;

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame, (void)user_data;
    __atomic_add_fetch(&frames, 1, __ATOMIC_SEQ_CST);
}

static void await_frames(void)
{
    struct timespec moment = {0, 1000000};
    int until = __atomic_load_n(&frames, __ATOMIC_SEQ_CST) + 3;
    while (__atomic_load_n(&frames, __ATOMIC_SEQ_CST) < until)
        nanosleep(&moment, NULL);
}

/* Released first, then closed. */
static void *use_and_close(void *argument)
{
    struct library library = open_library();
    struct stream stream = start(&library);
    (void)argument;
    take_one(&library, &stream);
    CHECK(library.camera_manager_release(stream.manager) == 0);
    CHECK(dlclose(library.handle) == 0);
    return NULL;
}

/* Closed while everything runs, also while operations wait; it runs on. */
static void *close_while_it_runs(void *argument)
{
    struct library library = open_library();
    struct stream stream = start(&library);
    (void)argument;
    take_one(&library, &stream);
    CHECK(library.camera_surface_set_callback(stream.surface, on_frame, NULL, NULL) == 0);
    CHECK(dlclose(library.handle) == 0);
    await_frames();
    struct library again = open_library();
    /* The same one: it was never away, and knows the handles. */
    CHECK(again.camera_manager_create == library.camera_manager_create);
    CHECK(again.camera_session_release(stream.session) == 0);
    CHECK(again.camera_manager_release(stream.manager) == 0);
    CHECK(again.camera_manager_release(stream.manager) == CAMERA_ERROR_INVALID_ARGUMENT);
    CHECK(dlclose(again.handle) == 0);
    return NULL;
}

/* Left running, with the library closed, as the process ends. */
static void leave_it_running(void)
{
    struct library library = open_library();
    struct stream stream = start(&library);
    CHECK(library.camera_surface_set_callback(stream.surface, on_frame, NULL, NULL) == 0);
    await_frames();
    CHECK(dlclose(library.handle) == 0);
    await_frames();
}

int main(int argc, char **argv)
{
    pthread_t threads[4];
    int status = 0;
    alarm(150);
    if (argc == 2 && strcmp(argv[1], "--leave") == 0) {
        leave_it_running();
        return 42;
    }
    for (int round = 0; round < 3; round++) {
        use_and_close(NULL);
        close_while_it_runs(NULL);
        for (int i = 0; i < 4; i++)
            CHECK(pthread_create(&threads[i], NULL, i % 2 ? use_and_close : close_while_it_runs, NULL) == 0);
        for (int i = 0; i < 4; i++)
            CHECK(pthread_join(threads[i], NULL) == 0);
    }
    /* A process of its own, which checkers of memory do not look into. */
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char path[4096 + 1];
        own_path(path);
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        execl(path, "test_dlopen", "--leave", (char *)NULL);
        _exit(1);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 42);
    return 0;
}
