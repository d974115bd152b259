/*
 * outputs.h: the work that is compared: one camera of 1280x720; a preview of 640x360 in NV12, a video of
 * 1280x720 in I420, and a JPEG photo of the whole size with every 30th frame; by this library and by
 * GStreamer. Each run is a process of its own, so that its processor time is known to the last thread.
 *
 * GStreamer's pipeline is the cheapest of those that were tried: scaling before converting, in elements
 * of their own (videoscale, videoconvert; videoconvertscale took as long, converting first took longer);
 * bilinear, its default, which reads less of the picture than the library's averaging of all pixels does;
 * each branch behind a queue of three frames that loses nothing, so that both do the same work; jpegenc
 * with the quality that the library's photos have, 95.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "bench.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUTS_YUYV CAMERA_FOURCC('Y', 'U', 'Y', 'V')
#define OUTPUTS_NV12 CAMERA_FOURCC('N', 'V', '1', '2')
#define OUTPUTS_I420 CAMERA_FOURCC('Y', 'U', '1', '2')
#define OUTPUTS_MJPG CAMERA_FOURCC('M', 'J', 'P', 'G')

enum { OUTPUTS_WIDTH = 1280, OUTPUTS_HEIGHT = 720, OUTPUTS_PHOTO_EVERY = 30 };

/* What a run cost. */
struct outputs_cost {
    double cpu;     /* seconds of user and system time, whole process */
    double seconds; /* that it took */
    bool done;
};

struct outputs_job {
    const char *sources; /* of the library's manager */
    const char *device;  /* path of the camera; NULL: the first one */
    uint32_t format;     /* that the camera has to give */
    uint32_t rate, frames;
    bool bare;                /* the camera alone, its frames go nowhere */
    bool (*go)(void *data);   /* called when the camera runs; may be NULL */
    void *data;
};

/* --- a process of its own ------------------------------------------------------------------- */

static inline struct outputs_cost outputs_wait(pid_t child, double begin) {
    struct outputs_cost cost = {0, 0, false};
    struct rusage used;
    int status = 0;
    if (child > 0 && wait4(child, &status, 0, &used) == child) {
        cost.done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        cost.cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                   (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
        cost.seconds = bench_seconds(CLOCK_MONOTONIC) - begin;
    }
    return cost;
}

/* --- the library ---------------------------------------------------------------------------- */

static inline void outputs_on_frame(camera_surface *surface, camera_frame *frame, void *user_data) {
    (void)surface;
    (void)frame;
    atomic_fetch_add((atomic_ulong *)user_data, 1);
}

static inline void outputs_on_photo(camera_output *output, uint32_t capture_id, int32_t code, const char *detail,
                                    camera_photo *photo, void *user_data) {
    (void)output;
    (void)capture_id;
    (void)photo;
    if (code != CAMERA_OK) {
        fprintf(stderr, "no photo: %s\n", detail);
    }
    atomic_fetch_add((atomic_ulong *)user_data, code == CAMERA_OK);
}

static inline camera_output *outputs_add(camera_manager *manager, camera_session *session, uint32_t format,
                                         uint32_t width, uint32_t height, uint32_t rate, camera_surface *surface) {
    camera_profile profile = bench_profile(format, width, height, rate);
    camera_output *output;
    if (rate == 0) {
        DO(camera_manager_create_preview_output(manager, &profile, surface, &output));
    } else {
        DO(camera_manager_create_video_output(manager, &profile, surface, &output));
    }
    DO(camera_session_add_output(session, output));
    return output;
}

static inline camera_surface *outputs_surface(camera_manager *manager, atomic_ulong *frames) {
    camera_surface *surface;
    DO(camera_manager_create_surface(manager, NULL, &surface));
    DO(camera_surface_set_callback(surface, outputs_on_frame, frames, NULL));
    return surface;
}

/* Waits for the camera to be listed; a loopback camera is one only while someone writes. */
static inline camera_description outputs_camera(camera_manager *manager, const char *device) {
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_list *list;
    uint32_t count, i;
    DO(camera_manager_list_cameras(manager, &list));
    DO(camera_list_get_count(list, &count));
    for (i = 0; i < count; i++) {
        DO(camera_list_get(list, i, &camera));
        if (device == NULL || strcmp(camera.path, device) == 0) {
            break;
        }
    }
    DO(camera_list_release(list));
    if (i == count) {
        fprintf(stderr, "%s is no camera here\n", device);
        exit(1);
    }
    return camera;
}

/* In the child. */
static inline void outputs_library_work(const struct outputs_job *job) {
    camera_manager *manager = bench_manager(job->sources);
    camera_description camera = outputs_camera(manager, job->device);
    static atomic_ulong shown, taped, photographed;
    camera_input *input;
    camera_session *session;
    camera_output *video, *photo = NULL;
    char plan[2048];
    unsigned long photos = 0, now;

    DO(camera_manager_create_input(manager, camera.id, &input));
    DO(camera_input_open(input));
    DO(camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &session));
    DO(camera_session_begin_config(session));
    DO(camera_session_add_input(session, input));
    if (job->bare) {
        video = outputs_add(manager, session, job->format, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, job->rate,
                            outputs_surface(manager, &taped));
    } else {
        camera_profile still = bench_profile(CAMERA_FORMAT_JPEG, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, 0);
        uint64_t listener;
        outputs_add(manager, session, OUTPUTS_NV12, OUTPUTS_WIDTH / 2, OUTPUTS_HEIGHT / 2, 0,
                    outputs_surface(manager, &shown));
        video = outputs_add(manager, session, OUTPUTS_I420, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, job->rate,
                            outputs_surface(manager, &taped));
        /* Binds the camera to this format, which it might not choose by itself. It is never started. */
        outputs_add(manager, session, job->format, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, job->rate, outputs_surface(manager, &taped));
        DO(camera_manager_create_photo_output(manager, &still, NULL, &photo));
        DO(camera_session_add_output(session, photo));
        DO(camera_output_add_photo_listener(photo, outputs_on_photo, &photographed, NULL, &listener));
    }
    DO(camera_session_explain_config(session, plan, sizeof plan, NULL));
    if (getenv("CAMERA_BENCH_PLAN") != NULL) {
        printf("%s", plan);
    }
    DO(camera_session_commit_config(session));
    DO(camera_session_start(session));
    DO(camera_output_start(video));
    if (job->go != NULL && !job->go(job->data)) {
        exit(1);
    }
    while ((now = atomic_load(&taped)) < job->frames) {
        struct timespec time = {0, 10000000};
        if (photo != NULL && now >= photos * OUTPUTS_PHOTO_EVERY) {
            DO(camera_output_capture(photo, NULL));
            photos++;
        }
        nanosleep(&time, NULL);
    }
    DO(camera_session_stop(session));
    DO(camera_manager_release(manager));
    if (!job->bare && (atomic_load(&shown) + 2 < job->frames || atomic_load(&photographed) != photos)) {
        printf("    (only %lu previews and %lu of %lu photos beside %u frames of video)\n", atomic_load(&shown),
               atomic_load(&photographed), photos, job->frames);
    }
}

static inline struct outputs_cost outputs_library(const struct outputs_job *job) {
    double begin = bench_seconds(CLOCK_MONOTONIC);
    pid_t child;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        outputs_library_work(job);
        exit(0);
    }
    return outputs_wait(child, begin);
}

/* --- GStreamer ------------------------------------------------------------------------------ */

static inline bool outputs_have_gstreamer(void) {
    return system("gst-inspect-1.0 --exists jpegenc && gst-inspect-1.0 --exists v4l2src && "
                  "gst-inspect-1.0 --exists imagefreeze && gst-inspect-1.0 --exists videoconvert && "
                  "gst-inspect-1.0 --exists videorate") == 0;
}

#define OUTPUTS_QUEUE " ! queue max-size-buffers=3 max-size-bytes=0 max-size-time=0 ! "

/* The pipeline behind `source`. */
static inline void outputs_pipeline(char *text, size_t size, const char *source, const struct outputs_job *job) {
    /* One photo for every so many frames, as a rate: 1/1 at 30 a second. */
    uint32_t every = OUTPUTS_PHOTO_EVERY;
    const char *decode = job->format == OUTPUTS_MJPG ? OUTPUTS_QUEUE "jpegdec ! tee name=raw raw." : "";
    if (job->bare) {
        snprintf(text, size, "%s ! fakesink sync=false", source);
        return;
    }
    snprintf(text, size,
             "%s ! tee name=all all. %s" OUTPUTS_QUEUE
             "videoscale ! video/x-raw,width=%d,height=%d ! videoconvert ! video/x-raw,format=NV12 ! fakesink sync=false "
             "%s." OUTPUTS_QUEUE "videoconvert ! video/x-raw,format=I420 ! fakesink sync=false "
             "all." OUTPUTS_QUEUE "videorate drop-only=true ! %s,framerate=%u/%u%s ! fakesink sync=false",
             source, decode, OUTPUTS_WIDTH / 2, OUTPUTS_HEIGHT / 2, *decode ? "raw" : "all",
             job->format == OUTPUTS_MJPG ? "image/jpeg" : "video/x-raw", job->rate, every,
             /* As the library does, a camera's own JPEG picture is the photo. */
             job->format == OUTPUTS_MJPG ? "" : " ! jpegenc quality=95");
}

static inline struct outputs_cost outputs_gstreamer(const char *source, const struct outputs_job *job) {
    char pipeline[2048], command[2200];
    double begin = bench_seconds(CLOCK_MONOTONIC);
    pid_t child;
    outputs_pipeline(pipeline, sizeof pipeline, source, job);
    snprintf(command, sizeof command, "exec gst-launch-1.0 -q %s >/dev/null", pipeline);
    if (getenv("CAMERA_BENCH_PLAN") != NULL) {
        printf("gst-launch-1.0 -q %s\n", pipeline);
    }
    fflush(stdout);
    if (job->go != NULL && !job->go(job->data)) {
        exit(1);
    }
    child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return outputs_wait(child, begin);
}

/* --- the comparison ------------------------------------------------------------------------- */

/* The best of some runs: what other programs do to the machine only ever adds. */
static inline void outputs_least(struct outputs_cost *least, struct outputs_cost cost) {
    if (cost.done && (!least->done || cost.cpu < least->cpu)) {
        *least = cost;
    }
}

static inline void outputs_compare(const char *what, uint32_t frames, struct outputs_cost own_bare, struct outputs_cost own,
                                   struct outputs_cost other_bare, struct outputs_cost other) {
    double unit = 1e6 / frames;
    printf("  %s, microseconds of processor time for one frame:\n", what);
    if (own.done && own_bare.done) {
        printf("    library    %8.0f in all, its camera alone %7.0f, the work %8.0f\n", own.cpu * unit, own_bare.cpu * unit,
               (own.cpu - own_bare.cpu) * unit);
    } else {
        printf("    library    failed\n");
    }
    if (other.done && other_bare.done) {
        printf("    GStreamer  %8.0f in all, its source alone %7.0f, the work %8.0f\n", other.cpu * unit,
               other_bare.cpu * unit, (other.cpu - other_bare.cpu) * unit);
    } else {
        printf("    GStreamer  failed\n");
    }
    if (own.done && own_bare.done && other.done && other_bare.done) {
        printf("    ratio      %8.2f in all %42.2f\n", own.cpu / other.cpu,
               (own.cpu - own_bare.cpu) / (other.cpu - other_bare.cpu));
    }
}

#endif
