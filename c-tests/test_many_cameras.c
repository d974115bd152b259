/*
 * VM: many cameras at once: one thread waits for all of them, and the library has as many threads as with
 * one. Virtual cameras: 1, 8 and 64 of them; in the virtual machine eight devices of the kernel's simulator
 * (vivid) as well. What a frame costs then is bench_frames.c and bench_cameras_vm.c.
 */
#include "t_rig.h"
#include "t_vivid.h"

enum { MOST = 64 };

/* Threads of this process whose name begins so. */
static int threads(const char *name)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/task");
    CHECK(directory != NULL);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[300], comm[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = fopen(path, "r");
        if (file != NULL) {
            count += fgets(comm, sizeof comm, file) != NULL && strncmp(comm, name, strlen(name)) == 0;
            fclose(file);
        }
    }
    closedir(directory);
    return count;
}

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)frame;
    __atomic_add_fetch((int *)user_data, 1, __ATOMIC_SEQ_CST);
}

/* Streams from so many cameras into callbacks; how many threads the library has, but for those of callbacks. */
static int threads_with(const char *cameras, uint32_t count, uint32_t height, uint32_t rate)
{
    static int frames[MOST];
    camera_list *list = NULL;
    uint32_t there = 0;
    camera_manager *manager = t_manager_of(cameras, CAMERA_DISPATCH_LIBRARY);
    OK(camera_manager_list_cameras(manager, &list));
    OK(camera_list_get_count(list, &there));
    CHECK(count <= there && count <= MOST);
    memset(frames, 0, sizeof frames);
    for (uint32_t i = 0; i < count; i++) {
        camera_description camera = CAMERA_DESCRIPTION_INIT;
        camera_input *input = NULL;
        OK(camera_list_get(list, i, &camera));
        OK(camera_manager_create_input(manager, camera.id, &input));
        OK(camera_input_open(input));
        camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
        camera_output *preview = t_preview(manager, T_YUYV, 320, height, surface);
        camera_session *session = t_session(manager);
        OK(camera_surface_set_callback(surface, on_frame, &frames[i], NULL));
        OK(camera_session_begin_config(session));
        OK(camera_session_add_input(session, input));
        OK(camera_session_add_output(session, preview));
        OK(camera_output_set_frame_rate(preview, rate, rate));
        OK(camera_session_commit_config(session));
        OK(camera_session_start(session));
    }
    OK(camera_list_release(list));
    for (uint32_t i = 0; i < count; i++)
        WAIT_UNTIL(__atomic_load_n(&frames[i], __ATOMIC_SEQ_CST) >= 10);
    /* Those for callbacks are four, and more only while all of these are stuck, as on a machine that is so busy
       that it runs none of them for 20 ms: that is no failure, and not waited for. */
    int others = threads("camera-") - threads("camera-deliver");
    printf("  %2u of %s: %d threads, and %d for callbacks\n", count, cameras, others, threads("camera-deliver"));
    CHECK_EQ(threads("camera-reactor"), 1);
    OK(camera_manager_release(manager));
    WAIT_UNTIL(threads("camera-") == 0); /* what was joined stays in /proc for a moment */
    return others;
}

static void virtual_cameras(void)
{
    uint32_t most = t_scale() >= 10 ? 16 : 64;
    int one = threads_with("virtual:64", 1, 240, 15);
    CHECK_EQ(threads_with("virtual:64", 8, 240, 15), one);
    CHECK_EQ(threads_with("virtual:64", most, 240, 15), one);
}

static void devices_of_the_kernel(void)
{
    int one = threads_with("v4l2", 1, 180, 5);
    CHECK_EQ(threads_with("v4l2", 8, 180, 5), one);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {CASE(virtual_cameras), CASE(devices_of_the_kernel)};
    bool vm = getenv("CAMERA_TEST_VM") != NULL;
    unsetenv("CAMERA_SESSION_CAMERAS");
    if (vm)
        vivid_load(8);
    int result = t_main(argc, argv, cases, vm ? 2 : 1);
    if (vm)
        vivid_load(2); /* for the tests that follow */
    return result;
}
