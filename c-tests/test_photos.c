/*
 * test_photos.c: photos: JPEG files of the right size, in the order of the captures, in every state
 * that allows them; each capture is told about exactly once, also when it is cancelled; photos that
 * are kept outlive everything.
 */
#include "t_rig.h"

#include <fcntl.h>

static camera_manager *manager;

static camera_photo_info photo_info(camera_photo *photo)
{
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    OK(camera_photo_get_info(photo, &info));
    return info;
}

/* Walks the markers of a JPEG file from SOI to the picture's data: its size, and EOI at the end. */
static void check_jpeg(const void *data, size_t length, uint32_t width, uint32_t height)
{
    const uint8_t *bytes = data;
    bool framed = false, tables = false;
    size_t at = 2;
    CHECK(length > 100 && bytes[0] == 0xff && bytes[1] == 0xd8);
    CHECK(bytes[length - 2] == 0xff && bytes[length - 1] == 0xd9);
    for (;;) {
        CHECK(at + 4 <= length && bytes[at] == 0xff);
        uint8_t marker = bytes[at + 1];
        size_t size = (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        CHECK(size >= 2 && at + 2 + size <= length);
        tables |= marker == 0xdb; /* DQT */
        if (marker >= 0xc0 && marker <= 0xc2) { /* SOF: baseline, extended, progressive */
            CHECK_EQ(bytes[at + 4], 8);
            CHECK_EQ((uint32_t)bytes[at + 5] << 8 | bytes[at + 6], height);
            CHECK_EQ((uint32_t)bytes[at + 7] << 8 | bytes[at + 8], width);
            CHECK(bytes[at + 9] == 3 || bytes[at + 9] == 1);
            framed = true;
        }
        at += 2 + size;
        if (marker == 0xda) /* SOS */
            break;
    }
    CHECK(framed && tables && length - at > 100);
}

static camera_photo *take(camera_output *output, int32_t quality)
{
    camera_photo_settings settings = CAMERA_PHOTO_SETTINGS_INIT;
    camera_photo *photo = NULL;
    settings.quality = quality;
    OK(camera_output_take_photo(output, &settings, (int32_t)(t_limit() * 800), &photo));
    CHECK(photo != NULL);
    return photo;
}

/* A session with one preview in this format, and photos of the same size. */
static struct t_rig photo_rig(uint32_t format, uint32_t width, uint32_t height)
{
    return t_photo_rig(manager, format, width, height, width, height);
}

static void every_format_makes_a_jpeg(void)
{
    static const struct {
        uint32_t format, width, height;
    } shapes[] = {
        {T_YUYV, 320, 240},
        {T_NV12, 640, 360},
        {CAMERA_FOURCC('Y', 'U', '1', '2'), 320, 180},
        {CAMERA_FOURCC('R', 'G', 'B', '3'), 640, 480},
        {T_GREY, 320, 240},
        {T_YUYV, 1280, 720},
    };
    manager = t_manager();
    for (size_t i = 0; i < T_COUNT(shapes); i++) {
        struct t_rig rig = photo_rig(shapes[i].format, shapes[i].width, shapes[i].height);
        for (int state = COMMITTED; state <= STARTED; state += STARTED - COMMITTED) {
            if (state == STARTED)
                OK(camera_session_start(rig.session));
            camera_photo *photo = take(rig.photo, CAMERA_QUALITY_LEVEL_HIGH);
            camera_photo_info info = photo_info(photo);
            CHECK_EQ(t_state(rig.session), state);
            CHECK_EQ(info.capture_id, state == COMMITTED ? 1 : 2);
            CHECK(info.format == CAMERA_FORMAT_JPEG && info.reserved == 0);
            CHECK(info.width == shapes[i].width && info.height == shapes[i].height);
            CHECK(info.timestamp_ns > 0);
            check_jpeg(info.data, info.length, shapes[i].width, shapes[i].height);
            OK(camera_photo_release(photo));
            CHECK_CODE(camera_photo_release(photo), 101);
        }
        t_rig_release(&rig);
    }
    OK(camera_manager_release(manager));
}

static void quality_decides_about_the_size(void)
{
    size_t lengths[3];
    manager = t_manager();
    struct t_rig rig = photo_rig(T_YUYV, 640, 480);
    for (int quality = 0; quality < 3; quality++) {
        camera_photo *photo = take(rig.photo, quality);
        lengths[quality] = photo_info(photo).length;
        OK(camera_photo_release(photo));
    }
    printf("  high %zu, medium %zu, low %zu bytes\n", lengths[0], lengths[1], lengths[2]);
    CHECK(lengths[0] > lengths[1] && lengths[1] > lengths[2]);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* A session with nothing but a photo output starts, stops, and captures in between and after. */
static void a_photo_output_alone(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    OK(camera_session_begin_config(rig.session));
    OK(camera_session_add_input(rig.session, rig.input));
    OK(camera_session_add_output(rig.session, rig.photo));
    OK(camera_session_commit_config(rig.session));
    for (int round = 0; round < 3; round++) {
        OK(camera_photo_release(take(rig.photo, CAMERA_QUALITY_LEVEL_LOW)));
        OK(camera_session_start(rig.session));
        OK(camera_photo_release(take(rig.photo, CAMERA_QUALITY_LEVEL_LOW)));
        OK(camera_session_stop(rig.session));
        CHECK_CODE(camera_session_stop(rig.session), 201);
    }
    OK(camera_session_begin_config(rig.session));
    camera_photo *photo = NULL;
    CHECK_CODE(camera_output_take_photo(rig.photo, NULL, -1, &photo), 104);
    CHECK(photo == NULL);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- events --------------------------------------------------------------------------------- */

struct album {
    pthread_mutex_t lock;
    camera_output *output;
    uint32_t events, photos, failures;
    uint64_t last_sequence;
    int32_t failure;
    camera_photo *kept;
    int destroyed;
};

static void collect(camera_output *output, uint32_t id, int32_t code, const char *detail,
                    camera_photo *photo, void *user_data)
{
    struct album *album = user_data;
    pthread_mutex_lock(&album->lock);
    CHECK(output == album->output && detail);
    CHECK_EQ(id, album->events + 1); /* in the order of the captures, each once */
    album->events = id;
    if (code == 0) {
        camera_photo_info info = photo_info(photo);
        CHECK(*detail == '\0' && info.capture_id == id);
        check_jpeg(info.data, info.length, info.width, info.height);
        album->photos++;
        album->last_sequence = info.sequence;
        if (!album->kept) {
            OK(camera_photo_retain(photo));
            album->kept = photo;
        }
    } else {
        CHECK(photo == NULL && *detail);
        album->failures++;
        album->failure = code;
    }
    pthread_mutex_unlock(&album->lock);
}

static void close_album(void *user_data)
{
    ((struct album *)user_data)->destroyed++;
}

static uint32_t events_of(struct album *album)
{
    pthread_mutex_lock(&album->lock);
    uint32_t events = album->events;
    pthread_mutex_unlock(&album->lock);
    return events;
}

static void events_come_in_order(void)
{
    uint64_t listener = 0;
    struct t_results results = T_RESULTS_INIT;
    struct album album = {.lock = PTHREAD_MUTEX_INITIALIZER};
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    album.output = rig.photo;
    OK(camera_output_add_photo_listener(rig.photo, collect, &album, close_album, &listener));
    for (int i = 0; i < 12; i++) {
        if (i == 6)
            OK(camera_session_start(rig.session));
        ACCEPT(camera_output_capture_async(rig.photo, NULL, t_completion, t_ticket(&results, i)));
    }
    WAIT_UNTIL(events_of(&album) == 12 && t_result_count(&results) == 12);
    for (int i = 0; i < 12; i++)
        CHECK(results.at[i].code == 0 && results.at[i].tag == i);
    OK(camera_photo_release(take(rig.photo, CAMERA_QUALITY_LEVEL_HIGH))); /* is told about too */
    WAIT_UNTIL(events_of(&album) == 13);
    CHECK(album.photos == 13 && album.failures == 0);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK_EQ(album.destroyed, 1);
    /* Kept beyond everything, and counted. */
    camera_photo_info info = photo_info(album.kept);
    check_jpeg(info.data, info.length, 320, 240);
    OK(camera_photo_retain(album.kept));
    OK(camera_photo_release(album.kept));
    OK(camera_photo_release(album.kept));
    CHECK_CODE(camera_photo_release(album.kept), 101);
    CHECK_CODE(camera_photo_get_info(album.kept, &info), 101);
}

/* At five frames per second a stop right after a frame finds the capture waiting. */
static void stop_cancels_waiting_captures(void)
{
    uint64_t listener = 0;
    uint32_t captures = 0;
    struct album album = {.lock = PTHREAD_MUTEX_INITIALIZER};
    manager = t_manager();
    struct t_rig rig = t_rig_in(manager, 0, COMMITTED);
    album.output = rig.photo;
    OK(camera_output_add_photo_listener(rig.photo, collect, &album, close_album, &listener));
    OK(camera_output_set_frame_rate(rig.preview, 5, 5));
    for (int round = 0; album.failures < 3; round++) {
        CHECK(round < 100);
        OK(camera_session_start(rig.session));
        OK(camera_frame_release(t_frame(rig.view)));
        OK(camera_output_capture(rig.photo, NULL));
        OK(camera_output_capture(rig.photo, NULL));
        captures += 2;
        if (round % 2)
            OK(camera_session_begin_config(rig.session));
        else
            OK(camera_session_stop(rig.session));
        WAIT_UNTIL(events_of(&album) == captures);
        if (round % 2)
            OK(camera_session_commit_config(rig.session));
    }
    CHECK_EQ(album.failure, 7400201);
    /* A wait that is too short fails; the capture goes on and is told about. */
    camera_photo *photo = NULL;
    OK(camera_session_start(rig.session));
    OK(camera_frame_release(t_frame(rig.view)));
    int32_t code = camera_output_take_photo(rig.photo, NULL, 0, &photo);
    CHECK(code == 0 || (code == 7400201 && photo == NULL && *camera_error_detail()));
    if (photo)
        OK(camera_photo_release(photo));
    WAIT_UNTIL(events_of(&album) == captures + 1);
    /* Releasing the session cancels as well. The output, and its listener, stay. */
    OK(camera_output_capture(rig.photo, NULL));
    OK(camera_session_release(rig.session));
    WAIT_UNTIL(events_of(&album) == captures + 2);
    CHECK_EQ(album.destroyed, 0);
    if (album.kept)
        OK(camera_photo_release(album.kept));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
    CHECK_EQ(album.destroyed, 1);
}

static void a_surface_gets_photos_as_frames(void)
{
    manager = t_manager();
    struct t_rig rig = t_rig(manager, 0);
    camera_surface *surface = t_surface(manager, 8, 0, 0);
    OK(camera_output_release(rig.photo));
    rig.photo = t_photo(manager, 320, 240, surface);
    t_rig_to(&rig, STARTED);
    for (int i = 0; i < 4; i++) {
        camera_photo *photo = take(rig.photo, CAMERA_QUALITY_LEVEL_MEDIUM);
        camera_frame *frame = t_frame(surface);
        camera_frame_info info = t_info(frame);
        camera_plane plane = CAMERA_PLANE_INIT;
        OK(camera_frame_get_plane(frame, 0, &plane));
        CHECK(info.format == CAMERA_FORMAT_JPEG && info.plane_count == 1);
        CHECK(info.width == 320 && info.height == 240 && info.output == rig.photo);
        CHECK(plane.stride == 0 && plane.rows == 0);
        check_jpeg(plane.data, plane.length, 320, 240);
        CHECK_EQ(plane.length, photo_info(photo).length);
        CHECK(memcmp(plane.data, photo_info(photo).data, plane.length) == 0);
        CHECK_EQ(info.sequence, photo_info(photo).sequence);
        CHECK_EQ(info.timestamp_ns, photo_info(photo).timestamp_ns);
        OK(camera_photo_release(photo));
        OK(camera_frame_release(frame));
    }
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

static void a_photo_is_saved_byte_for_byte(void)
{
    char path[] = "/tmp/camera-session-test-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    manager = t_manager();
    struct t_rig rig = photo_rig(T_NV12, 320, 240);
    camera_photo *photo = take(rig.photo, CAMERA_QUALITY_LEVEL_HIGH);
    camera_photo_info info = photo_info(photo);
    CHECK_EQ(write(fd, "what was there before", 21), 21);
    OK(camera_photo_save(photo, path));
    uint8_t *bytes = malloc(info.length + 1);
    CHECK(bytes != NULL);
    /* It is another file of this name: one that was opened before is as it was. */
    close(fd);
    fd = open(path, O_RDONLY);
    CHECK_EQ(pread(fd, bytes, info.length + 1, 0), (ssize_t)info.length);
    CHECK(memcmp(bytes, info.data, info.length) == 0);
    free(bytes);
    close(fd);
    unlink(path);
    OK(camera_photo_release(photo));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(every_format_makes_a_jpeg),
        CASE(quality_decides_about_the_size),
        CASE(a_photo_output_alone),
        CASE(events_come_in_order),
        CASE(stop_cancels_waiting_captures),
        CASE(a_surface_gets_photos_as_frames),
        CASE(a_photo_is_saved_byte_for_byte),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
