/*
 * t_recorder.h: what the tests of recorders share: a camera that is recorded, a record of events,
 * and what is in the files: read here, strictly and by the specifications alone, and decoded by
 * FFmpeg where it is installed.
 */
#ifndef T_RECORDER_H
#define T_RECORDER_H

#include "t_rig.h"

#include <fcntl.h>
#include <sys/stat.h>

#define T_YU12 CAMERA_FOURCC('Y', 'U', '1', '2')

/* --- a folder of the case's own ------------------------------------------------------------- */

static char t_folder_name[64];

/* Made at the first call, and emptied and removed at the end of the case. */
static inline const char *t_folder(void)
{
    if (!*t_folder_name) {
        strcpy(t_folder_name, "/tmp/camera-recorder-XXXXXX");
        CHECK(mkdtemp(t_folder_name) != NULL);
    }
    return t_folder_name;
}

static inline const char *t_path(const char *name)
{
    static char paths[8][400];
    static unsigned next;
    char *path = paths[next++ % T_COUNT(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", t_folder(), name);
    return path;
}

static inline void t_folder_remove(void)
{
    DIR *directory = opendir(t_folder());
    CHECK(directory != NULL);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            CHECK_EQ(remove(t_path(entry->d_name)), 0);
    closedir(directory);
    CHECK_EQ(rmdir(t_folder()), 0);
    t_folder_name[0] = '\0';
}

/* --- events --------------------------------------------------------------------------------- */

#define T_ERROR CAMERA_RECORDER_EVENT_TYPE_ERROR
#define T_STOPPED CAMERA_RECORDER_EVENT_TYPE_STOPPED

struct t_events {
    pthread_mutex_t lock;
    size_t count;
    int destroyed;
    struct {
        camera_recorder *recorder;
        int32_t type, code;
        char detail[300];
        camera_recorder_statistics statistics;
    } at[8];
};
#define T_EVENTS_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

static inline void t_on_event(camera_recorder *recorder, const camera_recorder_event *event, void *user_data)
{
    struct t_events *all = user_data;
    CHECK(!t_inside && event->size == sizeof *event && event->reserved == 0 && event->detail);
    CHECK((event->type == T_ERROR) == (*event->detail != '\0') && (event->type == T_ERROR) == (event->code != 0));
    CHECK((event->type == T_STOPPED) == (event->statistics != NULL));
    pthread_mutex_lock(&all->lock);
    CHECK(all->count < T_COUNT(all->at) && !all->destroyed);
    all->at[all->count].recorder = recorder;
    all->at[all->count].type = event->type;
    all->at[all->count].code = event->code;
    snprintf(all->at[all->count].detail, sizeof all->at[0].detail, "%s", event->detail);
    if (event->statistics)
        all->at[all->count].statistics = *event->statistics;
    all->count++;
    pthread_mutex_unlock(&all->lock);
}

static inline void t_on_destroy(void *user_data)
{
    struct t_events *all = user_data;
    pthread_mutex_lock(&all->lock);
    CHECK_EQ(++all->destroyed, 1);
    pthread_mutex_unlock(&all->lock);
}

static inline size_t t_event_count(struct t_events *all)
{
    pthread_mutex_lock(&all->lock);
    size_t count = all->count;
    pthread_mutex_unlock(&all->lock);
    return count;
}

static inline int t_destroyed(struct t_events *all)
{
    pthread_mutex_lock(&all->lock);
    int destroyed = all->destroyed;
    pthread_mutex_unlock(&all->lock);
    return destroyed;
}

/* --- a camera that is recorded --------------------------------------------------------------- */

struct t_rec {
    camera_manager *manager;
    camera_input *input;
    camera_session *session;
    camera_output *video;
    camera_recorder *recorder;
    camera_surface *surface;
    struct t_events events;
};

static inline camera_recorder *t_recorder(camera_manager *manager, int32_t container, const char *path)
{
    camera_recorder_options options = CAMERA_RECORDER_OPTIONS_INIT;
    camera_recorder *recorder = NULL;
    options.container = container;
    options.path = path;
    OK(camera_manager_create_recorder(manager, &options, &recorder));
    return recorder;
}

static inline camera_surface *t_recorder_surface(camera_recorder *recorder)
{
    camera_surface *surface = NULL;
    OK(camera_recorder_get_surface(recorder, &surface));
    return surface;
}

static inline int32_t t_recorder_state(camera_recorder *recorder)
{
    int32_t state = -1;
    OK(camera_recorder_get_state(recorder, &state));
    return state;
}

static inline camera_recorder_statistics t_recorded(camera_recorder *recorder)
{
    camera_recorder_statistics statistics = CAMERA_RECORDER_STATISTICS_INIT;
    OK(camera_recorder_get_statistics(recorder, &statistics));
    return statistics;
}

/* A video of this size flows from a virtual camera to the recorder, which listens and is idle. */
static inline struct t_rec t_rec_with(camera_manager *manager, camera_recorder *recorder, uint32_t format,
                                      uint32_t width, uint32_t height)
{
    struct t_rec rec = {manager, t_input(manager, 0, true), t_session(manager), NULL, recorder, NULL, T_EVENTS_INIT};
    rec.surface = t_recorder_surface(recorder);
    rec.video = t_video(manager, format, width, height, 5, 60, rec.surface);
    OK(camera_session_begin_config(rec.session));
    OK(camera_session_add_input(rec.session, rec.input));
    OK(camera_session_add_output(rec.session, rec.video));
    OK(camera_session_commit_config(rec.session));
    OK(camera_session_start(rec.session));
    OK(camera_output_start(rec.video));
    return rec;
}

/* After this the value must stay where it is. */
static inline void t_rec_listen(struct t_rec *rec)
{
    uint64_t listener = 0;
    OK(camera_recorder_add_listener(rec->recorder, t_on_event, &rec->events, t_on_destroy, &listener));
    CHECK(listener != 0);
}

static inline struct t_rec t_rec(camera_manager *manager, const char *path)
{
    return t_rec_with(manager, t_recorder(manager, CAMERA_CONTAINER_MATROSKA, path), T_YUYV, 320, 240);
}

/* Returns when so many frames are in the file. */
#define T_WAIT_FOR_FRAMES(recorder, number) WAIT_UNTIL(t_recorded(recorder).frames >= (uint64_t)(number))

/* --- what is in a file ------------------------------------------------------------------------ */

#define T_MOST_FRAMES 2000

struct t_file {
    size_t size;
    size_t frames, clusters, cues;
    bool finished; /* every size is known, and the duration is there */
    double duration_ms;
    char codec[32], fourcc[5];
    uint32_t width, height;
    double rate; /* Y4M */
    struct {
        double ms;      /* in the file; Matroska */
        int64_t number; /* drawn into the picture; -1: none */
    } at[T_MOST_FRAMES];
};

/* The number in the first row of cells of a picture with this many bytes from luma to luma. */
static inline int64_t t_number(const uint8_t *luma, uint32_t width, size_t step)
{
    uint64_t bits = 0;
    const uint8_t *row = luma + width / 80 * (width * step);
    uint32_t white = row[width / 80 * step], black = row[3 * width / 80 * step];
    if (white < black + 64)
        return -1;
    for (uint32_t cell = 0; cell < 40; cell++)
        bits = bits << 1 | (row[(2 * cell + 1) * (size_t)width / 80 * step] > (white + black) / 2);
    uint32_t number = (uint32_t)(bits >> 4), check = 5;
    for (int nibble = 0; nibble < 8; nibble++)
        check ^= number >> 4 * nibble & 15;
    return bits >> 36 == 10 && (bits & 15) == check ? (int64_t)number : -1;
}

static inline uint8_t *t_read_file(const char *path, size_t *size)
{
    struct stat stat_;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &stat_) != 0)
        FAIL("%s cannot be read", path);
    *size = (size_t)stat_.st_size;
    uint8_t *bytes = malloc(*size + 1);
    CHECK(bytes && fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

/* An element of Matroska (RFC 8794): its ID, and where its content begins and ends. */
struct t_element {
    uint32_t id;
    size_t content, end;
    bool unknown; /* the size */
};

static inline bool t_element(const uint8_t *bytes, size_t at, size_t size, struct t_element *element)
{
    int length = 1;
    uint64_t value;
    if (at >= size || bytes[at] < 0x10)
        return false;
    while (!(bytes[at] >> (8 - length)))
        length++;
    if (at + (size_t)length >= size)
        return false;
    for (element->id = 0; length > 0; length--)
        element->id = element->id << 8 | bytes[at++];
    if (bytes[at] == 0)
        return false;
    for (length = 1; !(bytes[at] >> (8 - length));)
        length++;
    if (at + (size_t)length > size)
        return false;
    value = bytes[at] & ((1u << (8 - length)) - 1);
    for (int i = 1; i < length; i++)
        value = value << 8 | bytes[at + (size_t)i];
    element->content = at + (size_t)length;
    element->unknown = value == (UINT64_C(1) << (7 * length)) - 1;
    element->end = element->unknown ? size : element->content + value;
    return true;
}

static inline uint64_t t_unsigned(const uint8_t *bytes, const struct t_element *element)
{
    uint64_t value = 0;
    for (size_t at = element->content; at < element->end; at++)
        value = value << 8 | bytes[at];
    return value;
}

static inline void t_text(char *text, size_t room, const uint8_t *bytes, const struct t_element *element)
{
    snprintf(text, room, "%.*s", (int)(element->end - element->content), (const char *)bytes + element->content);
}

static inline void t_matroska(const uint8_t *bytes, size_t from, size_t to, struct t_file *file)
{
    static uint64_t scale, cluster;
    struct t_element e;
    /* A torn element at the end of a file that was cut off is not whole, and not looked at. */
    for (size_t at = from; at < to && t_element(bytes, at, to, &e) && e.end <= to; at = e.end) {
        if (e.unknown)
            file->finished = false;
        switch (e.id) {
        case 0x18538067: /* Segment */
            file->finished = !e.unknown && e.end == to;
            t_matroska(bytes, e.content, e.end, file);
            break;
        case 0x1549a966: case 0x1654ae6b: case 0xae: case 0xe0: case 0x1c53bb6b: /* Info, Tracks, one, Video, Cues */
            t_matroska(bytes, e.content, e.end, file);
            break;
        case 0x1f43b675: /* Cluster: one of unknown size ends where the next begins */
            file->clusters++;
            t_matroska(bytes, e.content, e.end, file);
            break;
        case 0x2ad7b1: scale = t_unsigned(bytes, &e); break;
        case 0x4489: { /* Duration */
            uint64_t bits = t_unsigned(bytes, &e);
            double ticks;
            memcpy(&ticks, &bits, sizeof ticks);
            file->duration_ms = ticks * (double)scale / 1e6;
            break;
        }
        case 0x86: t_text(file->codec, sizeof file->codec, bytes, &e); break;
        case 0x2eb524: t_text(file->fourcc, sizeof file->fourcc, bytes, &e); break;
        case 0xb0: file->width = (uint32_t)t_unsigned(bytes, &e); break;
        case 0xba: file->height = (uint32_t)t_unsigned(bytes, &e); break;
        case 0xbb: file->cues++; break;
        case 0xe7: cluster = t_unsigned(bytes, &e); break;
        case 0xa3: { /* SimpleBlock: track, time from the cluster's, flags, picture */
            const uint8_t *block = bytes + e.content;
            size_t step = strcmp(file->fourcc, "YUY2") == 0 ? 2 : 1;
            CHECK(file->frames < T_MOST_FRAMES && block[0] == 0x81);
            int16_t relative = (int16_t)(block[1] << 8 | block[2]);
            file->at[file->frames].ms = (double)((int64_t)cluster + relative) * (double)scale / 1e6;
            file->at[file->frames].number = *file->fourcc ? t_number(block + 4, file->width, step) : -1;
            file->frames++;
            break;
        }
        default: break;
        }
    }
}

static inline void t_y4m(const uint8_t *bytes, size_t size, struct t_file *file)
{
    unsigned frames, seconds;
    char space[16];
    size_t chroma, picture;
    const uint8_t *end = memchr(bytes, '\n', size);
    CHECK(end && sscanf((const char *)bytes, "YUV4MPEG2 W%u H%u F%u:%u Ip A1:1 C%15s", &file->width, &file->height,
                        &frames, &seconds, space) == 5);
    chroma = strcmp(space, "420jpeg") == 0 ? file->width / 2 * (file->height / 2)
             : strcmp(space, "422") == 0   ? file->width / 2 * file->height
                                           : 0;
    picture = (size_t)file->width * file->height + 2 * chroma;
    file->rate = (double)frames / seconds;
    snprintf(file->fourcc, sizeof file->fourcc, "%.4s", space);
    size_t at = (size_t)(end + 1 - bytes);
    for (; at + 6 + picture <= size; at += 6 + picture) {
        CHECK(memcmp(bytes + at, "FRAME\n", 6) == 0 && file->frames < T_MOST_FRAMES);
        file->at[file->frames++].number = t_number(bytes + at + 6, file->width, 1);
    }
    file->finished = at == size;
}

/* Reads a file, which must be one. */
static inline const struct t_file *t_file(const char *path)
{
    static struct t_file file;
    size_t size;
    uint8_t *bytes = t_read_file(path, &size);
    memset(&file, 0, sizeof file);
    file.size = size;
    bytes[size] = '\0';
    if (size >= 4 && memcmp(bytes, "\x1a\x45\xdf\xa3", 4) == 0)
        t_matroska(bytes, 0, size, &file);
    else if (size > 0)
        t_y4m(bytes, size, &file);
    free(bytes);
    return &file;
}

/* --- FFmpeg ------------------------------------------------------------------------------------ */

static inline bool t_have_ffmpeg(void)
{
    return system("command -v ffmpeg ffprobe >/dev/null 2>&1") == 0;
}

/* The lines that a command prints, errors included. */
static inline size_t t_command(char *text, size_t room, const char *format, const char *path)
{
    char command[600];
    snprintf(command, sizeof command, format, path);
    FILE *pipe = popen(command, "r");
    CHECK(pipe != NULL);
    size_t length = fread(text, 1, room - 1, pipe);
    text[length] = '\0';
    if (pclose(pipe) != 0)
        FAIL("%s: %s", command, text);
    return length;
}

/* FFmpeg decodes every frame of the file, without a complaint, and finds so many. */
static inline void t_decodes(const char *path, uint64_t frames)
{
    static char text[T_MOST_FRAMES * 100];
    uint64_t found = 0;
    if (!t_have_ffmpeg()) {
        printf("  not decoded: ffmpeg is not installed\n");
        return;
    }
    t_command(text, sizeof text,
              "ffmpeg -nostdin -v error -xerror -err_detect explode -i %s -fps_mode passthrough -f framemd5 - 2>&1", path);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (strncmp(line, "0,", 2) == 0)
            found++;
        else if (*line != '#')
            FAIL("ffmpeg of %s: %s", path, line);
    }
    CHECK_EQ(found, frames);
}

/* A finished Matroska file, or a Y4M file, with these frames of a virtual camera: their numbers
   grow, and their times are those of the numbers. `pauses`: places where that need not be so. */
static inline const struct t_file *t_check_file(const char *path, uint64_t frames, int pauses)
{
    const struct t_file *file = t_file(path);
    CHECK_EQ(file->frames, frames);
    EXPECT(file->finished || file->size == 0, "%s is not finished", path);
    for (size_t i = 0; i < file->frames; i++) {
        CHECK(file->at[i].number >= 0);
        if (i == 0)
            continue;
        int64_t numbers = file->at[i].number - file->at[i - 1].number;
        double ms = file->at[i].ms - file->at[i - 1].ms, expected = (double)numbers * 1000 / 60;
        CHECK(numbers > 0);
        if (*file->codec && (ms < expected - 0.21 || ms > expected + 0.21) && pauses-- <= 0)
            FAIL("%s: frames %zu and %zu are %f ms apart, not %f", path, i - 1, i, ms, expected);
    }
    if (file->size > 0)
        t_decodes(path, frames);
    return file;
}

#endif
