/* preview.c: reads preview frames as bench/preview.mjs does, in C: the measure that the bridge is held against.
 *
 * Usage: preview CAMERAS FORMAT WIDTH HEIGHT FRAMES
 * Prints one line of JSON: frames, seconds, CPU microseconds of the process for each frame. */
#include <camera_session.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WARM_UP 60
#define DO(call) check((call), #call)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static long wanted, frames;
static double begun, ended, cpu_begun, cpu_ended;
static unsigned long sum, sum_ended;

static void check(int32_t code, const char *call)
{
    if (code != CAMERA_OK) {
        fprintf(stderr, "%s: %s: %s\n", call, camera_error_name(code), camera_error_detail());
        exit(1);
    }
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* A byte of each row, so that the picture is really there. */
static void look(camera_frame *frame)
{
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    DO(camera_frame_get_info(frame, &info));
    for (uint32_t i = 0; i < info.plane_count; i++) {
        camera_plane plane = CAMERA_PLANE_INIT;
        DO(camera_frame_get_plane(frame, i, &plane));
        const unsigned char *bytes = plane.data;
        for (size_t at = 0; at < plane.length; at += plane.stride ? plane.stride : 4096)
            sum += bytes[at];
    }
}

static void on_frame(camera_surface *surface, camera_frame *frame, void *user_data)
{
    (void)surface, (void)user_data;
    look(frame);
    pthread_mutex_lock(&lock);
    frames++;
    if (frames == WARM_UP) {
        begun = seconds(CLOCK_MONOTONIC);
        cpu_begun = seconds(CLOCK_PROCESS_CPUTIME_ID);
    } else if (frames == WARM_UP + wanted) {
        sum_ended = sum;
        ended = seconds(CLOCK_MONOTONIC);
        cpu_ended = seconds(CLOCK_PROCESS_CPUTIME_ID);
        pthread_cond_signal(&done);
    }
    pthread_mutex_unlock(&lock);
}

int main(int argc, char **argv)
{
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    camera_profile profile = CAMERA_PROFILE_INIT;
    camera_manager *manager;
    camera_list *list;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview;
    camera_session *session;

    if (argc != 6) {
        fprintf(stderr, "usage: preview CAMERAS FORMAT WIDTH HEIGHT FRAMES\n");
        return 2;
    }
    options.cameras = argv[1];
    profile.format = (uint32_t)strtoul(argv[2], NULL, 10);
    profile.width = (uint32_t)atoi(argv[3]);
    profile.height = (uint32_t)atoi(argv[4]);
    wanted = atol(argv[5]);
    DO(camera_manager_create(&options, &manager));
    DO(camera_manager_list_cameras(manager, &list));
    DO(camera_list_get(list, 0, &camera));
    DO(camera_manager_create_input(manager, camera.id, &input));
    DO(camera_input_open(input));
    DO(camera_manager_create_surface(manager, NULL, &surface));
    DO(camera_manager_create_preview_output(manager, &profile, surface, &preview));
    DO(camera_surface_set_callback(surface, on_frame, NULL, NULL));
    DO(camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_PHOTO, &session));
    DO(camera_session_begin_config(session));
    DO(camera_session_add_input(session, input));
    DO(camera_session_add_output(session, preview));
    DO(camera_session_commit_config(session));
    DO(camera_output_set_frame_rate(preview, 60, 60));
    DO(camera_session_start(session));
    pthread_mutex_lock(&lock);
    while (frames < WARM_UP + wanted)
        pthread_cond_wait(&done, &lock);
    pthread_mutex_unlock(&lock);
    DO(camera_session_release(session));
    DO(camera_manager_release(manager));
    printf("{\"frames\": %ld, \"seconds\": %.4f, \"cpu_us\": %.2f, \"sum\": %lu}\n", wanted, ended - begun,
           (cpu_ended - cpu_begun) * 1e6 / (double)wanted, sum_ended);
    return 0;
}
