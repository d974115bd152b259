/* What the benchmarks share: checked calls, clocks, a session on a camera. */
#ifndef BENCH_H
#define BENCH_H

#include <camera_session.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DO(call) bench_do((call), #call)

static inline void bench_do(int32_t code, const char *call) {
    if (code != CAMERA_OK) {
        fprintf(stderr, "%s: %s: %s\n", call, camera_error_name(code), camera_error_detail());
        exit(1);
    }
}

static inline double bench_seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static inline camera_manager *bench_manager(const char *cameras) {
    camera_manager_options options = CAMERA_MANAGER_OPTIONS_INIT;
    camera_manager *manager;
    options.cameras = cameras;
    DO(camera_manager_create(&options, &manager));
    return manager;
}

/* One camera with one preview (or, with a rate, video) into one surface. */
struct bench_stream {
    camera_input *input;
    camera_surface *surface;
    camera_output *output;
    camera_session *session;
};

static inline camera_profile bench_profile(uint32_t format, uint32_t width, uint32_t height, uint32_t rate) {
    camera_profile profile = CAMERA_PROFILE_INIT;
    profile.format = format;
    profile.width = width;
    profile.height = height;
    profile.min_frame_rate = rate;
    profile.max_frame_rate = rate;
    return profile;
}

/* Up to commit; rate 0 is a preview. */
static inline struct bench_stream bench_commit(camera_manager *manager, const char *camera, camera_profile profile) {
    struct bench_stream s;
    DO(camera_manager_create_input(manager, camera, &s.input));
    DO(camera_input_open(s.input));
    DO(camera_manager_create_surface(manager, NULL, &s.surface));
    if (profile.max_frame_rate == 0) {
        DO(camera_manager_create_preview_output(manager, &profile, s.surface, &s.output));
    } else {
        DO(camera_manager_create_video_output(manager, &profile, s.surface, &s.output));
    }
    DO(camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &s.session));
    DO(camera_session_begin_config(s.session));
    DO(camera_session_add_input(s.session, s.input));
    DO(camera_session_add_output(s.session, s.output));
    DO(camera_session_commit_config(s.session));
    return s;
}

#endif
