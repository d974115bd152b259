/*
 * test_recorder_playback.c: recordings as FFmpeg sees them: ffprobe finds the frames, the times and
 * the duration that the recorder counted, every frame decodes to the picture that was taken, and
 * seeking leads where it should, in a file of several clusters. Skipped where there is no FFmpeg.
 */
#include "t_recorder.h"

static camera_manager *manager;
static char text[200000];

/* The numbers in the pictures as FFmpeg decodes them are those in the file. */
static void check_pictures(const char *path, const struct t_file *file)
{
    char raw[400];
    size_t size, picture = (size_t)file->width * file->height;
    snprintf(raw, sizeof raw, "%s.raw", path);
    t_command(text, sizeof text,
              "ffmpeg -nostdin -v error -xerror -y -i %1$s -fps_mode passthrough -pix_fmt gray -f rawvideo %1$s.raw 2>&1", path);
    CHECK(*text == '\0');
    uint8_t *bytes = t_read_file(raw, &size);
    CHECK_EQ(size, file->frames * picture);
    for (size_t i = 0; i < file->frames; i++)
        CHECK_EQ(t_number(bytes + i * picture, file->width, 1), file->at[i].number);
    free(bytes);
}

static void record(int32_t container, uint32_t format, const char *codec, uint32_t width, uint32_t height, uint64_t frames)
{
    const char *path = t_path(container == CAMERA_CONTAINER_Y4M ? "a.y4m" : "a.mkv");
    char expected[100];
    manager = t_manager();
    camera_recorder *recorder = t_recorder(manager, container, path);
    (void)t_rec_with(manager, recorder, format, width, height);
    OK(camera_recorder_start(recorder));
    T_WAIT_FOR_FRAMES(recorder, frames);
    OK(camera_recorder_stop(recorder));
    camera_recorder_statistics counts = t_recorded(recorder);
    OK(camera_manager_release(manager));
    const struct t_file *file = t_check_file(path, counts.frames, 0);

    t_command(text, sizeof text,
              "ffprobe -v error -count_frames -show_entries stream=codec_name,width,height,pix_fmt,nb_read_frames "
              "-of csv=p=0 %s 2>&1", path);
    snprintf(expected, sizeof expected, "rawvideo,%u,%u,%s,%" PRIu64 "\n", width, height, codec, counts.frames);
    EXPECT(strcmp(text, expected) == 0, "ffprobe says %s, not %s", text, expected);
    check_pictures(path, file);
    printf("  %s", expected);
    if (container != CAMERA_CONTAINER_MATROSKA)
        return;

    /* Each frame at its time, and all of them key frames. */
    t_command(text, sizeof text, "ffprobe -v error -show_entries packet=pts_time,flags -of csv=p=0 %s 2>&1", path);
    size_t i = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), i++) {
        char *flags = NULL;
        double ms = strtod(line, &flags) * 1000;
        CHECK(i < file->frames && flags[0] == ',' && flags[1] == 'K');
        CHECK(ms > file->at[i].ms - 0.01 && ms < file->at[i].ms + 0.01);
    }
    CHECK_EQ(i, file->frames);
    t_command(text, sizeof text, "ffprobe -v error -show_entries format=duration -of csv=p=0 %s 2>&1", path);
    double seconds = strtod(text, NULL), told = (double)counts.duration_ns / 1e9;
    EXPECT(seconds > told - 0.0002 && seconds < told + 0.0002, "%f s, and %f were told", seconds, told);

    /* Seeking: the first packet from there is of the cluster in which the time lies, or the one before. */
    CHECK(file->cues >= 1);
    if (file->clusters > 2) {
        CHECK(file->cues > 2);
        t_command(text, sizeof text,
                  "ffprobe -v error -read_intervals 3%%+#1 -show_entries packet=pts_time,pos -of csv=p=0 %s 2>&1", path);
        char *comma = NULL;
        double found = strtod(text, &comma);
        EXPECT(found > 1 && found <= 3.01 && strtol(comma + 1, NULL, 10) > 1000000, "sought 3 s, found %s", text);
    }
}

static void matroska_yuyv(void) { record(0, T_YUYV, "yuyv422", 320, 240, 20); t_folder_remove(); }
static void matroska_nv12(void) { record(0, T_NV12, "nv12", 640, 360, 20); t_folder_remove(); }
static void matroska_yu12(void) { record(0, T_YU12, "yuv420p", 320, 180, 20); t_folder_remove(); }
static void matroska_grey_of_several_clusters(void)
{
    record(0, T_GREY, "gray", 320, 180, 240);
    t_folder_remove();
}
static void y4m_i420(void) { record(1, T_YU12, "yuv420p", 320, 240, 20); t_folder_remove(); }
static void y4m_of_yuyv(void) { record(1, T_YUYV, "yuv422p", 320, 240, 20); t_folder_remove(); }
static void y4m_grey(void) { record(1, T_GREY, "gray", 320, 240, 20); t_folder_remove(); }

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(matroska_yuyv),
        CASE(matroska_nv12),
        CASE(matroska_yu12),
        CASE(matroska_grey_of_several_clusters),
        CASE(y4m_i420),
        CASE(y4m_of_yuyv),
        CASE(y4m_grey),
    };
    if (!t_have_ffmpeg()) {
        printf("ffmpeg and ffprobe are not installed (scripts/setup.sh test installs them)\n");
        return 77;
    }
    return t_main(argc, argv, cases, T_COUNT(cases));
}
