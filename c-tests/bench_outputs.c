/* Three outputs from one camera (outputs.h): processor time of the library against GStreamer, without
 * hardware, and allocations for each frame.
 *
 * The library's camera is the virtual one, which draws its pictures; GStreamer's source gives the same
 * picture of memory again and again without touching it (imagefreeze), the least a source can do. With
 * Motion-JPEG both play the same file. Each
 * source alone is measured too: what is left after its cost is the work. Both run at the camera's pace, 30
 * frames a second, for the same number of frames; the least of three runs counts.
 *
 * Usage: bench_outputs                     everything
 *        bench_outputs library FORMAT N    that many frames of the library's work and nothing else, for a
 *                                          profiler; FORMAT is YUYV or NV12
 */
#define _GNU_SOURCE
#include "outputs.h"

#include "picture.h"

#include <dlfcn.h>
#include <execinfo.h>

enum { FRAMES = 120, ROUNDS = 3, RATE = 30 };

/* --- allocations ---------------------------------------------------------------------------- */

static atomic_bool counting;
static atomic_ulong allocations;
/* Where the first ones came from. */
enum { PLACES = 1, DEPTH = 10 };
static void *places[PLACES][DEPTH];
static int depths[PLACES];

static void count(void) {
    static __thread bool inside;
    if (atomic_load(&counting) && !inside) {
        unsigned long number = atomic_fetch_add(&allocations, 1);
        if (number < PLACES) {
            inside = true;
            depths[number] = backtrace(places[number], DEPTH);
            inside = false;
        }
    }
}

/* The library's allocations too go through these. */
void *malloc(size_t size) {
    static void *(*next)(size_t);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "malloc");
    }
    count();
    return next(size);
}

void *realloc(void *memory, size_t size) {
    static void *(*next)(void *, size_t);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "realloc");
    }
    count();
    return next(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    static int (*next)(void **, size_t, size_t);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "posix_memalign");
    }
    count();
    return next(memory, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    static void *(*next)(size_t, size_t);
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "aligned_alloc");
    }
    count();
    return next(alignment, size);
}

/* dlsym itself calls calloc before the next one is known: that is served from here. */
void *calloc(size_t members, size_t size) {
    static void *(*next)(size_t, size_t);
    static unsigned char early[4096] __attribute__((aligned(16)));
    static size_t used;
    static bool looking;
    if (next == NULL && !looking) {
        looking = true;
        *(void **)&next = dlsym(RTLD_NEXT, "calloc");
    }
    if (next == NULL) {
        size_t wanted = (members * size + 15) & ~(size_t)15;
        if (wanted > sizeof early - used) {
            return NULL;
        }
        used += wanted;
        return early + used - wanted;
    }
    count();
    return next(members, size);
}

static void pause_for(double seconds) {
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

struct made {
    uint32_t format, width, height;
};

/* Counts over a good many frames of a session with these outputs, once it runs evenly. */
static void measure_allocations(const char *what, uint32_t native, const struct made *outputs, int count_of) {
    static atomic_ulong frames[4];
    camera_manager *manager = bench_manager("virtual");
    camera_description camera = outputs_camera(manager, NULL);
    camera_input *input;
    camera_session *session;
    camera_output *bind;
    unsigned long before, after = 0;
    int i;

    DO(camera_manager_create_input(manager, camera.id, &input));
    DO(camera_input_open(input));
    DO(camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_VIDEO, &session));
    DO(camera_session_begin_config(session));
    DO(camera_session_add_input(session, input));
    for (i = 0; i < count_of; i++) {
        outputs_add(manager, session, outputs[i].format, outputs[i].width, outputs[i].height, 0,
                    outputs_surface(manager, &frames[i]));
    }
    /* Never started: it binds the camera to the format. */
    bind = outputs_add(manager, session, native, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, 60, outputs_surface(manager, &frames[3]));
    (void)bind;
    DO(camera_session_commit_config(session));
    DO(camera_session_start(session));
    pause_for(2.0);
    before = atomic_load(&frames[0]);
    atomic_store(&allocations, 0);
    atomic_store(&counting, true);
    pause_for(3.0);
    atomic_store(&counting, false);
    after = atomic_load(&frames[0]);
    printf("  %-44s %4lu allocations during %lu frames\n", what, atomic_load(&allocations), after - before);
    fflush(stdout);
    for (i = 0; i < PLACES && i < (int)atomic_load(&allocations); i++) {
        printf("    number %d came from:\n", i + 1);
        fflush(stdout);
        backtrace_symbols_fd(places[i] + 1, depths[i] - 1, STDOUT_FILENO);
    }
    DO(camera_manager_release(manager));
}

static void all_allocations(void) {
    static const struct made direct[] = {{OUTPUTS_YUYV, 1280, 720}};
    static const struct made three[] = {{OUTPUTS_NV12, 640, 360}, {OUTPUTS_I420, 1280, 720}, {CAMERA_FORMAT_RGBA_8888, 640, 360}};
    void *warm[2];
    backtrace(warm, 2); /* which allocates the first time */
    measure_allocations("one output, YUYV as it is:", OUTPUTS_YUYV, direct, 1);
    measure_allocations("three outputs made from YUYV, no photos:", OUTPUTS_YUYV, three, 3);
}

/* --- the comparison ------------------------------------------------------------------------- */

static void write_picture(const char *path, uint32_t format) {
    size_t pixels = (size_t)OUTPUTS_WIDTH * OUTPUTS_HEIGHT, i;
    unsigned char *y = malloc(pixels * 2), *u = y + pixels, *v = u + pixels / 2;
    FILE *file = fopen(path, "wb");
    if (y == NULL || file == NULL) {
        perror(path);
        exit(1);
    }
    picture_draw(y, u, v, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, 1);
    if (format == OUTPUTS_NV12) {
        fwrite(y, 1, pixels, file);
        for (i = 0; i < pixels / 4; i++) {
            size_t at = i / (OUTPUTS_WIDTH / 2) * OUTPUTS_WIDTH + i % (OUTPUTS_WIDTH / 2);
            fputc(u[at], file);
            fputc(v[at], file);
        }
    } else {
        for (i = 0; i < pixels / 2; i++) {
            unsigned char pair[4] = {y[2 * i], u[i], y[2 * i + 1], v[i]};
            fwrite(pair, 1, 4, file);
        }
    }
    fclose(file);
    free(y);
}

static void compare(const char *what, uint32_t format, const char *gst_format, const char *folder) {
    struct outputs_job job = {"virtual", NULL, format, RATE, FRAMES, true, NULL, NULL}, bare = job;
    struct outputs_cost least[4];
    char source[600], path[300];
    unsigned bytes = OUTPUTS_WIDTH * OUTPUTS_HEIGHT * (format == OUTPUTS_NV12 ? 3 : 4) / 2;
    job.bare = false;
    memset(least, 0, sizeof least);
    snprintf(path, sizeof path, "%s/picture", folder);
    write_picture(path, format);
    snprintf(source, sizeof source,
             "filesrc location=%s blocksize=%u num-buffers=1 ! rawvideoparse format=%s width=%d height=%d framerate=%d/1 ! "
             "imagefreeze is-live=true num-buffers=%d ! video/x-raw,framerate=%d/1",
             path, bytes, gst_format, OUTPUTS_WIDTH, OUTPUTS_HEIGHT, RATE, FRAMES, RATE);
    for (int round = 0; round < ROUNDS; round++) {
        outputs_least(&least[0], outputs_library(&bare));
        outputs_least(&least[1], outputs_library(&job));
        outputs_least(&least[2], outputs_gstreamer(source, &bare));
        outputs_least(&least[3], outputs_gstreamer(source, &job));
    }
    unlink(path);
    outputs_compare(what, FRAMES, least[0], least[1], least[2], least[3]);
}

/* Both play the same Motion-JPEG pictures from a file (YUV 4:2:0, as most cameras send them). */
static void compare_jpeg(const char *folder) {
    struct outputs_job job = {NULL, NULL, OUTPUTS_MJPG, RATE, FRAMES, true, NULL, NULL}, bare;
    struct outputs_cost least[4];
    char picture[300], clip[300], cameras[400], source[400], command[1200];
    memset(least, 0, sizeof least);
    snprintf(picture, sizeof picture, "%s/picture", folder);
    snprintf(clip, sizeof clip, "%s/clip.mkv", folder);
    snprintf(command, sizeof command,
             "ffmpeg -nostdin -loglevel error -y -f rawvideo -pixel_format nv12 -video_size %dx%d -framerate %d -i %s "
             "-vf loop=-1:1 -frames:v %d -pix_fmt yuvj420p -c:v mjpeg -q:v 3 %s",
             OUTPUTS_WIDTH, OUTPUTS_HEIGHT, RATE, picture, FRAMES, clip);
    write_picture(picture, OUTPUTS_NV12);
    if (system(command) != 0) {
        printf("  no Motion-JPEG: ffmpeg makes the file for it, and is missing\n");
    } else {
        snprintf(cameras, sizeof cameras, "replay:%s", clip);
        snprintf(source, sizeof source, "filesrc location=%s ! matroskademux ! image/jpeg ! clocksync", clip);
        job.sources = cameras;
        bare = job;
        job.bare = false;
        for (int round = 0; round < ROUNDS; round++) {
            outputs_least(&least[0], outputs_library(&bare));
            outputs_least(&least[1], outputs_library(&job));
            outputs_least(&least[2], outputs_gstreamer(source, &bare));
            outputs_least(&least[3], outputs_gstreamer(source, &job));
        }
        outputs_compare("from Motion-JPEG", FRAMES, least[0], least[1], least[2], least[3]);
    }
    unlink(clip);
    unlink(picture);
}

int main(int argc, char **argv) {
    char folder[] = "/dev/shm/camera-bench-XXXXXX";
    if (argc > 3) {
        struct outputs_job job = {"virtual", NULL, strcmp(argv[2], "NV12") == 0 ? OUTPUTS_NV12 : OUTPUTS_YUYV, RATE,
                                  (uint32_t)atoi(argv[3]), strcmp(argv[1], "bare") == 0, NULL, NULL};
        outputs_library_work(&job);
        return 0;
    }
    if (!outputs_have_gstreamer()) {
        printf("  GStreamer is missing (scripts/setup.sh bench installs it): nothing to compare with\n");
    } else if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 1;
    } else {
        compare("from YUYV", OUTPUTS_YUYV, "yuy2", folder);
        compare("from NV12", OUTPUTS_NV12, "nv12", folder);
        compare_jpeg(folder);
        rmdir(folder);
    }
    /* Last: a process that has used cameras must not fork others that do. */
    all_allocations();
    return 0;
}
