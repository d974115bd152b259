/*
 * VM: what matters on a real driver, on the kernel's camera simulator (vivid): that the list holds
 * its capture nodes and nothing else, that 300 frames come as the kernel numbered and stamped them
 * in packed, semi-planar and multi-planar layouts, photos, frames that outlive everything, and a
 * device that is taken, by this process and by another.
 *
 * CAMERA_TEST_DEVICE has one memory for each frame, CAMERA_TEST_DEVICE_MPLANE several. Counts are
 * not scaled down here: 300 frames are what is promised.
 */
#include "t_rig.h"

#include <fcntl.h>

static const char *device(const char *variable)
{
    const char *path = getenv(variable);
    CHECK(path != NULL);
    return path;
}

static camera_manager *kernel_manager(void)
{
    return t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
}

/* The description of the camera with this node. */
static camera_description find(camera_manager *manager, const char *path)
{
    camera_description found = CAMERA_DESCRIPTION_INIT;
    camera_list *list = NULL;
    uint32_t count = 0;
    bool there = false;
    OK(camera_manager_list_cameras(manager, &list));
    OK(camera_list_get_count(list, &count));
    for (uint32_t i = 0; i < count && !there; i++) {
        OK(camera_list_get(list, i, &found));
        there = strcmp(found.path, path) == 0;
    }
    OK(camera_list_release(list));
    if (!there)
        FAIL("%s is not in the list", path);
    return found;
}

struct stream {
    camera_manager *manager;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview, *photo;
    camera_session *session;
};

/* A committed session with a preview and, if wanted, photos. */
static struct stream committed(camera_manager *manager, const char *path, uint32_t format, uint32_t width,
                               uint32_t height, bool photos)
{
    struct stream s = {manager, NULL, NULL, NULL, NULL, NULL};
    camera_description camera = find(manager, path);
    OK(camera_manager_create_input(manager, camera.id, &s.input));
    OK(camera_input_open(s.input));
    s.surface = t_surface(manager, 16, CAMERA_SURFACE_POLICY_DROP_NEWEST, 16);
    s.preview = t_preview(manager, format, width, height, s.surface);
    s.session = t_session(manager);
    OK(camera_session_begin_config(s.session));
    OK(camera_session_add_input(s.session, s.input));
    OK(camera_session_add_output(s.session, s.preview));
    if (photos) {
        s.photo = t_photo(manager, width, height, NULL);
        OK(camera_session_add_output(s.session, s.photo));
    }
    OK(camera_session_commit_config(s.session));
    return s;
}

static void the_list_holds_capture_nodes_only(void)
{
    camera_manager *manager = kernel_manager();
    const char *paths[] = {device("CAMERA_TEST_DEVICE"), device("CAMERA_TEST_DEVICE_MPLANE")};
    camera_description cameras[2];
    for (int i = 0; i < 2; i++) {
        camera_capability *capability = NULL;
        uint32_t count[3] = {0, 0, 0};
        cameras[i] = find(manager, paths[i]);
        CHECK(strstr(cameras[i].name, "vivid") != NULL);
        CHECK(strcmp(cameras[i].driver, "vivid") == 0);
        OK(camera_manager_get_capability(manager, cameras[i].id, CAMERA_SCENE_MODE_NORMAL_PHOTO, &capability));
        for (int kind = 0; kind < 3; kind++) {
            OK(camera_capability_get_profile_count(capability, kind, &count[kind]));
            CHECK(count[kind] > 0);
        }
        printf("%s: %s, %u preview, %u photo, %u video profiles\n", paths[i], cameras[i].id, count[0], count[1], count[2]);
        OK(camera_capability_release(capability));
    }
    CHECK(strcmp(cameras[0].id, cameras[1].id) != 0);
    OK(camera_manager_release(manager));
}

enum { FRAMES = 300, DRIVERS_OWN = 6 };

/* 300 frames as the kernel numbers and stamps them; answers how many numbers are missing.
 *
 * The driver skips numbers when its thread is late, which happens on a busy machine with a bare
 * loop too, and when it has no empty buffer. It has one as long as the library neither keeps too
 * many (none is marked as copied) nor takes them too late: the longest time from a frame's stamp to
 * its consumer is printed, and below the time of all eight buffers but one the gaps are not ours. */
static uint64_t frames_missing(const char *path, uint32_t format, const char *name)
{
    camera_manager *manager = kernel_manager();
    struct stream s = committed(manager, path, format, 320, 180, false);
    camera_surface_statistics statistics = CAMERA_SURFACE_STATISTICS_INIT;
    uint64_t first = 0, last = 0, copied = 0, estimated = 0;
    int64_t stamp = 0, begin = 0, shortest = INT64_MAX, longest = 0, latest = 0;

    OK(camera_session_start(s.session));
    for (int i = 0; i < FRAMES; i++) {
        camera_frame *frame = NULL;
        camera_frame_info info = CAMERA_FRAME_INFO_INIT;
        camera_plane plane = CAMERA_PLANE_INIT;
        OK(camera_surface_acquire(s.surface, 10000, &frame));
        CHECK(frame != NULL);
        OK(camera_frame_get_info(frame, &info));
        int64_t late = t_now_ms() - info.timestamp_ns / 1000000;
        latest = late > latest ? late : latest;
        CHECK(info.format == format && info.width == 320 && info.height == 180);
        OK(camera_frame_get_plane(frame, info.plane_count - 1, &plane));
        CHECK(plane.length == (size_t)plane.stride * plane.rows);
        if (i == 0) {
            first = info.sequence;
            begin = info.timestamp_ns;
        } else {
            int64_t period = info.timestamp_ns - stamp;
            CHECK(info.sequence > last);
            CHECK(period > 0);
            if (info.sequence == last + 1) {
                shortest = period < shortest ? period : shortest;
                longest = period > longest ? period : longest;
            }
        }
        last = info.sequence;
        stamp = info.timestamp_ns;
        copied += (info.flags & CAMERA_FRAME_COPIED) != 0;
        estimated += (info.flags & CAMERA_FRAME_TIMESTAMP_ESTIMATED) != 0;
        OK(camera_frame_release(frame));
    }
    OK(camera_surface_get_statistics(s.surface, &statistics));
    OK(camera_session_stop(s.session));
    uint64_t lost = last - first + 1 - FRAMES;
    printf("%s %s: %d frames, %" PRIu64 " numbers missing, %" PRIu64 " dropped by the surface, %" PRIu64
           " copied, %.2f per second, periods %.1f to %.1f ms, at most %" PRId64 " ms late\n",
           path, name, FRAMES, lost, statistics.dropped_full + statistics.dropped_held, copied,
           (double)(last - first) / ((double)(stamp - begin) / 1e9), (double)shortest / 1e6, (double)longest / 1e6,
           latest);
    CHECK_EQ(statistics.dropped_full + statistics.dropped_held, 0);
    CHECK_EQ(copied, 0);
    CHECK_EQ(estimated, 0);
    OK(camera_manager_release(manager));
    return lost;
}

/* A library that loses frames loses some every time; a busy machine, now and then. */
static void stream_300(const char *path, uint32_t format, const char *name)
{
    uint64_t fewest = UINT64_MAX;
    for (int run = 0; run < 4 && fewest > DRIVERS_OWN; run++) {
        uint64_t missing = frames_missing(path, format, name);
        fewest = missing < fewest ? missing : fewest;
    }
    CHECK(fewest <= DRIVERS_OWN);
}

static void yuyv_300(void)
{
    stream_300(device("CAMERA_TEST_DEVICE"), T_YUYV, "YUYV");
}

static void nv12_300(void)
{
    stream_300(device("CAMERA_TEST_DEVICE"), T_NV12, "NV12");
}

static void multi_planar_300(void)
{
    stream_300(device("CAMERA_TEST_DEVICE_MPLANE"), CAMERA_FOURCC('N', 'M', '1', '2'), "NM12");
}

static uint32_t sum_of(camera_frame *frame)
{
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    uint32_t sum = 1;
    OK(camera_frame_get_info(frame, &info));
    for (uint32_t i = 0; i < info.plane_count; i++) {
        camera_plane plane = CAMERA_PLANE_INIT;
        OK(camera_frame_get_plane(frame, i, &plane));
        const unsigned char *bytes = plane.data;
        for (size_t at = 0; at < plane.length; at++)
            sum = sum * 31 + bytes[at];
    }
    return sum;
}

static void photos_and_frames_that_outlive_everything(void)
{
    camera_manager *manager = kernel_manager();
    struct stream s = committed(manager, device("CAMERA_TEST_DEVICE"), T_YUYV, 640, 360, true);
    camera_frame *frame = NULL;
    camera_photo *photo = NULL;
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    OK(camera_session_start(s.session));
    OK(camera_surface_acquire(s.surface, 10000, &frame));
    CHECK(frame != NULL);
    uint32_t sum = sum_of(frame);
    OK(camera_output_take_photo(s.photo, NULL, 20000, &photo));
    OK(camera_photo_get_info(photo, &info));
    const unsigned char *jpeg = info.data;
    CHECK(info.length > 1000 && info.width == 640 && info.height == 360);
    CHECK(jpeg[0] == 0xff && jpeg[1] == 0xd8);
    CHECK(jpeg[info.length - 2] == 0xff && jpeg[info.length - 1] == 0xd9);

    OK(camera_session_stop(s.session));
    CHECK_EQ(sum_of(frame), sum);
    OK(camera_session_start(s.session));
    OK(camera_session_begin_config(s.session));
    CHECK_EQ(sum_of(frame), sum);
    OK(camera_session_commit_config(s.session));
    OK(camera_session_start(s.session));
    camera_frame *next = NULL;
    OK(camera_surface_acquire(s.surface, 10000, &next));
    CHECK(next != NULL);
    OK(camera_frame_release(next));
    CHECK_EQ(sum_of(frame), sum);
    OK(camera_session_release(s.session));
    OK(camera_input_release(s.input));
    OK(camera_surface_release(s.surface));
    OK(camera_manager_release(manager));
    CHECK_EQ(sum_of(frame), sum);
    OK(camera_frame_release(frame));
    OK(camera_photo_release(photo));
}

/* Width and height as the JPEG file itself says. */
static void check_jpeg(camera_photo *photo, uint32_t width, uint32_t height)
{
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    OK(camera_photo_get_info(photo, &info));
    const unsigned char *jpeg = info.data;
    size_t at = 2;
    CHECK(info.length > 1000 && jpeg[0] == 0xff && jpeg[1] == 0xd8);
    while (jpeg[at + 1] < 0xc0 || jpeg[at + 1] > 0xc2) { /* to the frame header */
        at += 2 + ((size_t)jpeg[at + 2] << 8 | jpeg[at + 3]);
        CHECK(at + 9 < info.length && jpeg[at] == 0xff);
    }
    CHECK_EQ((uint32_t)jpeg[at + 5] << 8 | jpeg[at + 6], height);
    CHECK_EQ((uint32_t)jpeg[at + 7] << 8 | jpeg[at + 8], width);
}

/* One session through every format, small and larger in turn, with a photo where the format gives
   one and the rate changed while it runs: the driver is programmed anew each time. The newest
   frames are kept throughout, and to the end. */
static void every_format_one_after_the_other(const char *path)
{
    enum { KEPT = 6 }; /* the surface lets its consumer hold eight */
    camera_manager *manager = kernel_manager();
    camera_description camera = find(manager, path);
    camera_capability *capability = NULL;
    camera_input *input = NULL;
    camera_surface *surface = t_surface(manager, 0, CAMERA_SURFACE_POLICY_DROP_OLDEST, 0);
    camera_session *session = t_session(manager);
    camera_frame *kept[KEPT] = {NULL};
    uint32_t sums[KEPT], count = 0, formats = 0, photos = 0, last = 0;
    OK(camera_manager_get_capability(manager, camera.id, CAMERA_SCENE_MODE_NORMAL_VIDEO, &capability));
    OK(camera_capability_get_profile_count(capability, CAMERA_OUTPUT_KIND_PREVIEW, &count));
    OK(camera_manager_create_input(manager, camera.id, &input));
    OK(camera_input_open(input));
    for (uint32_t i = 0; i < count; i++) {
        camera_profile profile = CAMERA_PROFILE_INIT;
        OK(camera_capability_get_profile(capability, CAMERA_OUTPUT_KIND_PREVIEW, i, &profile));
        if (profile.format == last || profile.height != (formats % 2 ? 360u : 180u))
            continue;
        last = profile.format;
        camera_output *preview = t_preview(manager, profile.format, profile.width, profile.height, surface);
        camera_output *photo = t_photo(manager, profile.width, profile.height, NULL);
        camera_photo *taken = NULL;
        OK(camera_session_begin_config(session));
        if (formats == 0)
            OK(camera_session_add_input(session, input));
        OK(camera_session_add_output(session, preview));
        OK(camera_session_add_output(session, photo));
        bool with_photo = camera_session_commit_config(session) == 0;
        OK(with_photo ? 0 : camera_output_release(photo));
        OK(with_photo ? 0 : camera_session_commit_config(session));
        OK(camera_session_start(session));
        if (with_photo) {
            OK(camera_output_take_photo(photo, NULL, 20000, &taken));
            check_jpeg(taken, profile.width, profile.height);
            OK(camera_photo_release(taken));
            OK(camera_output_set_frame_rate(preview, 15, 15));
            photos++;
        }
        camera_frame *frame = t_frame(surface);
        while (t_info(frame).output != preview) { /* one of the run before */
            OK(camera_frame_release(frame));
            frame = t_frame(surface);
        }
        CHECK(t_info(frame).format == profile.format && t_info(frame).width == profile.width);
        int slot = (int)(formats++ % KEPT);
        if (kept[slot]) {
            CHECK_EQ(sum_of(kept[slot]), sums[slot]);
            OK(camera_frame_release(kept[slot]));
        }
        kept[slot] = frame;
        sums[slot] = sum_of(frame);
        OK(camera_output_release(preview));
        if (with_photo)
            OK(camera_output_release(photo));
    }
    OK(camera_capability_release(capability));
    OK(camera_manager_release(manager));
    printf("%s: %u formats, photos from %u\n", path, formats, photos);
    CHECK(formats >= KEPT && photos >= 3);
    for (int slot = 0; slot < KEPT; slot++) {
        CHECK_EQ(sum_of(kept[slot]), sums[slot]);
        OK(camera_frame_release(kept[slot]));
    }
}

static void every_format_of_the_single_planar_device(void)
{
    every_format_one_after_the_other(device("CAMERA_TEST_DEVICE"));
}

static void every_format_of_the_multi_planar_device(void)
{
    every_format_one_after_the_other(device("CAMERA_TEST_DEVICE_MPLANE"));
}

static void a_second_session_of_this_process_is_refused(void)
{
    camera_manager *manager = kernel_manager();
    struct stream s = committed(manager, device("CAMERA_TEST_DEVICE"), T_YUYV, 320, 180, false);
    camera_description camera = find(manager, device("CAMERA_TEST_DEVICE"));
    camera_input *other = NULL;
    camera_session *second = t_session(manager);
    OK(camera_manager_create_input(manager, camera.id, &other));
    OK(camera_input_open(other));
    OK(camera_session_begin_config(second));
    CHECK_CODE(camera_session_add_input(second, other), 102);
    /* Nor through another manager: a device is one, whoever lists it. */
    camera_manager *elsewhere = kernel_manager();
    camera_input *same = NULL;
    camera_session *third = t_session(elsewhere);
    OK(camera_manager_create_input(elsewhere, camera.id, &same));
    OK(camera_input_open(same));
    OK(camera_session_begin_config(third));
    CHECK_CODE(camera_session_add_input(third, same), 102);
    OK(camera_manager_release(elsewhere));
    OK(camera_session_release(s.session));
    OK(camera_session_add_input(second, other));
    OK(camera_manager_release(manager));
}

/* Another process streams: commit says so, names it, and works once it is gone: by itself, or
   killed while it streams. */
static void with_another_process(bool killed)
{
    int ready[2], done[2];
    char byte = 0;
    CHECK(pipe(ready) == 0 && pipe(done) == 0);
    pid_t child = fork(); /* before this process has threads of the library */
    CHECK(child >= 0);
    if (child == 0) {
        camera_manager *manager = kernel_manager();
        struct stream s = committed(manager, device("CAMERA_TEST_DEVICE"), T_YUYV, 320, 180, false);
        OK(camera_session_start(s.session));
        CHECK(write(ready[1], &byte, 1) == 1);
        CHECK(read(done[0], &byte, 1) == 1);
        OK(camera_manager_release(manager));
        _exit(0);
    }
    CHECK(read(ready[0], &byte, 1) == 1);
    camera_manager *manager = kernel_manager();
    camera_description camera = find(manager, device("CAMERA_TEST_DEVICE"));
    camera_input *input = NULL;
    camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_output *preview = t_preview(manager, T_YUYV, 640, 360, surface);
    camera_session *session = t_session(manager);
    OK(camera_manager_create_input(manager, camera.id, &input));
    OK(camera_input_open(input));
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, preview));
    CHECK_CODE(camera_session_commit_config(session), 107);
    printf("%s\n", camera_error_detail());
    char holder[40];
    snprintf(holder, sizeof holder, "(process %d)", (int)child);
    CHECK(strstr(camera_error_detail(), "EBUSY") != NULL && strstr(camera_error_detail(), holder) != NULL);
    CHECK_EQ(t_state(session), CONFIG);
    int status = 0;
    CHECK(killed ? kill(child, SIGKILL) == 0 : write(done[1], &byte, 1) == 1);
    CHECK(waitpid(child, &status, 0) == child && (killed ? WIFSIGNALED(status) : status == 0));
    OK(camera_session_commit_config(session));
    OK(camera_manager_release(manager));
    close(ready[0]);
    close(ready[1]);
    close(done[0]);
    close(done[1]);
}

static void another_process_is_a_conflict(void)
{
    with_another_process(false);
}

static void a_killed_process_is_none(void)
{
    with_another_process(true);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(the_list_holds_capture_nodes_only),
        CASE(yuyv_300),
        CASE(nv12_300),
        CASE(multi_planar_300),
        CASE(photos_and_frames_that_outlive_everything),
        CASE(every_format_of_the_single_planar_device),
        CASE(every_format_of_the_multi_planar_device),
        CASE(a_second_session_of_this_process_is_refused),
        CASE(another_process_is_a_conflict),
        CASE(a_killed_process_is_none),
    };
    if (getenv("CAMERA_TEST_VM") == NULL) {
        printf("needs the vivid driver: make test-vm runs it in a virtual machine\n");
        return 77;
    }
    return t_main(argc, argv, cases, T_COUNT(cases));
}
