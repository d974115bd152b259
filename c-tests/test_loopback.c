/*
 * VM: Motion-JPEG from a real kernel device: v4l2loopback, whose pictures a process of this test writes
 * (loopback.h). Decoding for a preview and a video, photos passed on as they are, a writer that is
 * killed, pictures with faults at known numbers, and another program's encoder (ffmpeg).
 *
 * CAMERA_TEST_LOOPBACK names the device; without it CAMERA_TEST_NO_LOOPBACK tells why.
 */
#include "t_rig.h"

#include "loopback.h"
#include "t_streams.h"

enum { WIDTH = 640, HEIGHT = 480, RATE = 10, FRAMES = 60 };

static const struct t_numbers NUMBERS = {LOOPBACK_PICTURES, true};

static struct loopback camera_of(enum loopback_fault (*fault)(uint64_t number))
{
    struct loopback camera = {getenv("CAMERA_TEST_LOOPBACK"), V4L2_PIX_FMT_MJPEG, WIDTH, HEIGHT, RATE, fault, 0};
    return camera;
}

static struct loopback_writer start_writer(enum loopback_fault (*fault)(uint64_t number))
{
    struct loopback camera = camera_of(fault);
    struct loopback_writer writer;
    CHECK(loopback_start(&writer, &camera));
    return writer;
}

/* Is the device in the list? Its description, if it is. */
static bool listed(camera_manager *manager, camera_description *found)
{
    const char *device = getenv("CAMERA_TEST_LOOPBACK");
    camera_list *list = NULL;
    uint32_t count = 0;
    bool there = false;
    OK(camera_manager_list_cameras(manager, &list));
    OK(camera_list_get_count(list, &count));
    for (uint32_t i = 0; i < count && !there; i++) {
        OK(camera_list_get(list, i, found));
        there = strcmp(found->path, device) == 0;
    }
    OK(camera_list_release(list));
    return there;
}

struct errors {
    atomic_int count;
    int32_t code;
    char detail[300];
};

static void on_error(int32_t code, const char *detail, void *user_data)
{
    struct errors *errors = user_data;
    errors->code = code;
    snprintf(errors->detail, sizeof errors->detail, "%s", detail);
    printf("the session is told: %s: %s\n", camera_error_name(code), detail);
    atomic_fetch_add(&errors->count, 1);
}

struct stage {
    camera_manager *manager;
    camera_session *session;
    camera_output *preview, *video, *photo;
    struct t_consumer view, tape;
    struct errors errors;
    char plan[2048];
};

/* A committed session: preview NV12 of half the size, video I420 and photos of the whole size. */
static struct stage *set_up(void)
{
    struct stage *s = calloc(1, sizeof *s);
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_input *input = NULL;
    uint64_t listener = 0;
    CHECK(s != NULL);
    s->manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    CHECK(listed(s->manager, &camera));
    OK(camera_manager_create_input(s->manager, camera.id, &input));
    OK(camera_input_open(input));
    s->view.surface = t_surface(s->manager, 16, CAMERA_SURFACE_POLICY_DROP_OLDEST, 16);
    s->tape.surface = t_surface(s->manager, 16, CAMERA_SURFACE_POLICY_DROP_OLDEST, 16);
    s->view.numbers = s->tape.numbers = NUMBERS;
    s->preview = t_preview(s->manager, T_NV12, WIDTH / 2, HEIGHT / 2, s->view.surface);
    s->video = t_video(s->manager, T_I420, WIDTH, HEIGHT, RATE, RATE, s->tape.surface);
    s->photo = t_photo(s->manager, WIDTH, HEIGHT, NULL);
    s->session = t_session(s->manager);
    OK(camera_session_add_error_listener(s->session, on_error, &s->errors, NULL, &listener));
    OK(camera_session_begin_config(s->session));
    OK(camera_session_add_input(s->session, input));
    OK(camera_session_add_output(s->session, s->preview));
    OK(camera_session_add_output(s->session, s->video));
    OK(camera_session_add_output(s->session, s->photo));
    OK(camera_session_explain_config(s->session, s->plan, sizeof s->plan, NULL));
    printf("%s", s->plan);
    OK(camera_session_commit_config(s->session));
    return s;
}

static void start(struct stage *s, const struct loopback_writer *writer)
{
    OK(camera_session_start(s->session));
    OK(camera_output_start(s->video));
    t_consumer_start(&s->view);
    t_consumer_start(&s->tape);
    CHECK(loopback_go(writer));
}

static void end(struct stage *s)
{
    OK(camera_session_stop(s->session));
    WAIT_UNTIL(t_statistics(s->view.surface).waiting == 0 && t_statistics(s->tape.surface).waiting == 0);
    t_consumer_end(&s->view);
    t_consumer_end(&s->tape);
}

/* The numbers that both consumers could have got, and the account of each. */
static void settle(struct stage *s, struct t_account *view, struct t_account *tape)
{
    struct t_consumer *all[] = {&s->view, &s->tape};
    uint64_t first = s->view.first > s->tape.first ? s->view.first : s->tape.first;
    uint64_t last = s->view.last < s->tape.last ? s->view.last : s->tape.last;
    CHECK(last > first);
    *view = t_account(&s->view, all, T_COUNT(all), first, last);
    *tape = t_account(&s->tape, all, T_COUNT(all), first, last);
    t_account_print("preview", *view);
    t_account_print("video", *tape);
    CHECK_EQ(atomic_load(&s->view.wrong), 0);
    CHECK_EQ(atomic_load(&s->tape.wrong), 0);
}

static void release(struct stage *s)
{
    OK(camera_manager_release(s->manager));
    free(s);
}

static void is_a_camera_while_someone_writes(void)
{
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_capability *capability = NULL;
    uint32_t count = 0, native = 0;
    CHECK(!listed(manager, &camera));
    struct loopback_writer writer = start_writer(NULL);
    CHECK(listed(manager, &camera));
    printf("%s: %s, driver \"%s\"\n", camera.id, camera.name, camera.driver);
    OK(camera_manager_get_capability(manager, camera.id, CAMERA_SCENE_MODE_NORMAL_VIDEO, &capability));
    OK(camera_capability_get_profile_count(capability, CAMERA_OUTPUT_KIND_VIDEO, &count));
    for (uint32_t i = 0; i < count; i++) {
        camera_profile profile = CAMERA_PROFILE_INIT;
        OK(camera_capability_get_profile(capability, CAMERA_OUTPUT_KIND_VIDEO, i, &profile));
        native += profile.format == T_MJPG && profile.width == WIDTH && profile.height == HEIGHT;
        CHECK(profile.max_frame_rate == RATE && profile.width <= WIDTH && profile.height <= HEIGHT);
    }
    CHECK(native == 1 && count > native);
    OK(camera_capability_release(capability));
    loopback_end(&writer);
    OK(camera_manager_release(manager));
}

/* Where the picture itself begins: its first quantization table (DQT), behind what was written about it. */
static size_t picture_at(const unsigned char *bytes, size_t length)
{
    for (size_t at = 2; at + 4 <= length; at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]))
        if (bytes[at + 1] == 0xdb)
            return at;
    FAIL("a picture without a quantization table");
}

/* A photo of the camera's size is the camera's own picture, byte for byte, behind facts of its own. */
static void check_passed_on(camera_photo *photo)
{
    struct loopback camera = camera_of(NULL);
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    OK(camera_photo_get_info(photo, &info));
    struct loopback_picture written = loopback_make(&camera, (uint32_t)(info.sequence % LOOPBACK_PICTURES));
    CHECK(info.width == WIDTH && info.height == HEIGHT);
    const unsigned char *photographed = info.data;
    size_t here = picture_at(photographed, info.length), there = picture_at(written.bytes, written.length);
    CHECK_EQ(info.length - here, written.length - there);
    CHECK(memcmp(photographed + here, written.bytes + there, written.length - there) == 0);
    CHECK(photographed[2] == 0xff && photographed[3] == 0xe1 && memcmp(photographed + 6, "Exif", 4) == 0);
    tjFree(written.bytes);
}

static void a_preview_a_video_and_photos(void)
{
    struct loopback_writer writer = start_writer(NULL);
    struct stage *s = set_up();
    struct t_account view, tape;
    CHECK(strstr(s->plan, "camera: MJPG 640x480 at 10 per second") != NULL);
    CHECK(strstr(s->plan, "preview NV12 320x240: decode, scale") != NULL);
    CHECK(strstr(s->plan, "video YU12 640x480: decode") != NULL);
    CHECK(strstr(s->plan, "photo JPEG 640x480: as it is") != NULL);
    start(s, &writer);
    for (unsigned long i = 1; i <= 3; i++) {
        camera_photo *photo = NULL;
        WAIT_UNTIL(atomic_load(&s->tape.taken) >= i * FRAMES / 3);
        OK(camera_output_take_photo(s->photo, NULL, 20000, &photo));
        check_passed_on(photo);
        OK(camera_photo_release(photo));
    }
    end(s);
    settle(s, &view, &tape);
    CHECK(view.taken > FRAMES / 2 && tape.taken > FRAMES / 2);
    CHECK_EQ(view.dropped + tape.dropped, 0);
    CHECK_EQ(atomic_load(&s->errors.count), 0);
    release(s);
    loopback_end(&writer);
}

/* A photo smaller than the camera's picture is decoded, scaled and encoded. */
static void a_smaller_photo_is_made(void)
{
    struct loopback_writer writer = start_writer(NULL);
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_input *input = NULL;
    camera_session *session = t_session(manager);
    camera_output *output = t_photo(manager, WIDTH / 2, HEIGHT / 2, NULL);
    camera_photo *photo = NULL;
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
    unsigned char grey[WIDTH / 2 * HEIGHT / 2];
    struct picture_luma luma = {grey, WIDTH / 2, 1, WIDTH / 2, HEIGHT / 2};
    tjhandle decoder = tjInitDecompress();
    CHECK(listed(manager, &camera) && decoder != NULL);
    OK(camera_manager_create_input(manager, camera.id, &input));
    OK(camera_input_open(input));
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, output));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    CHECK(loopback_go(&writer));
    OK(camera_output_take_photo(output, NULL, 20000, &photo));
    OK(camera_photo_get_info(photo, &info));
    CHECK(info.width == WIDTH / 2 && info.height == HEIGHT / 2);
    CHECK(tjDecompress2(decoder, info.data, (unsigned long)info.length, grey, WIDTH / 2, 0, HEIGHT / 2, TJPF_GRAY, 0) == 0);
    CHECK(t_shows(luma, NUMBERS, info.sequence));
    tjDestroy(decoder);
    OK(camera_photo_release(photo));
    OK(camera_manager_release(manager));
    loopback_end(&writer);
}

/* The device stays and tells nobody that its writer is gone: the stream stands still, and everything
   that ends it works. A new writer's pictures arrive in the same session. */
static void a_writer_that_is_killed(void)
{
    struct loopback_writer writer = start_writer(NULL);
    struct stage *s = set_up();
    camera_photo *photo = NULL;
    start(s, &writer);
    WAIT_UNTIL(atomic_load(&s->tape.taken) >= 10 && atomic_load(&s->view.taken) >= 10);
    loopback_end(&writer);
    int32_t code = camera_output_take_photo(s->photo, NULL, 1500, &photo);
    printf("a photo without a writer: %s: %s\n", camera_error_name(code), camera_error_detail());
    CHECK_EQ(code, t_long(201));
    unsigned long standing = atomic_load(&s->tape.taken);
    t_sleep_ms(500);
    CHECK_EQ(atomic_load(&s->tape.taken), standing);
    CHECK_EQ(t_state(s->session), STARTED);
    printf("%d errors told to the session\n", atomic_load(&s->errors.count));

    /* Numbers go on, and the new writer's pictures begin with theirs: they are not compared. */
    s->view.numbers.modulo = s->tape.numbers.modulo = 0;
    writer = start_writer(NULL);
    CHECK(loopback_go(&writer));
    WAIT_UNTIL(atomic_load(&s->tape.taken) >= standing + 10);
    loopback_end(&writer);
    OK(camera_session_stop(s->session));
    OK(camera_session_start(s->session)); /* without a writer, as it happens */
    OK(camera_session_stop(s->session));
    t_consumer_end(&s->view);
    t_consumer_end(&s->tape);
    OK(camera_session_release(s->session));
    release(s);
}

static enum loopback_fault every_kind_of_fault(uint64_t number)
{
    static const enum loopback_fault kinds[16] = {
        [2] = LOOPBACK_CUT,       [4] = LOOPBACK_CUT_AND_END, [6] = LOOPBACK_DAMAGED,  [8] = LOOPBACK_NOISE,
        [10] = LOOPBACK_EMPTY,    [12] = LOOPBACK_NO_TABLES,  [13] = LOOPBACK_PADDED,  [15] = LOOPBACK_CUT,
    };
    return kinds[number % 16];
}

static void faulty_pictures_are_left_out(void)
{
    struct loopback_writer writer = start_writer(every_kind_of_fault);
    struct stage *s = set_up();
    struct t_account view, tape;
    uint64_t good = 0, got = 0, odd = 0;
    int taken = 0, refused = 0;
    start(s, &writer);
    while (atomic_load(&s->tape.taken) < FRAMES) {
        camera_photo *photo = NULL;
        camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
        int32_t code = camera_output_take_photo(s->photo, NULL, 20000, &photo);
        if (code != 0) {
            CHECK_EQ(code, t_long(201));
            CHECK(strstr(camera_error_detail(), "JPEG") != NULL);
            if (refused++ < 3)
                printf("%s\n", camera_error_detail());
            continue;
        }
        taken++;
        OK(camera_photo_get_info(photo, &info));
        enum loopback_fault fault = every_kind_of_fault(info.sequence);
        /* A picture that is passed on is looked through for its markers, and not decoded. */
        CHECK(loopback_is_whole(fault) || fault == LOOPBACK_DAMAGED || fault == LOOPBACK_CUT_AND_END);
        CHECK(((const unsigned char *)info.data)[info.length - 1] == 0xd9);
        OK(camera_photo_release(photo));
    }
    end(s);
    settle(s, &view, &tape);
    struct t_consumer *both[] = {&s->view, &s->tape};
    for (int which = 0; which < 2; which++) {
        for (uint64_t number = both[which]->first; number <= both[which]->last; number++) {
            enum loopback_fault fault = every_kind_of_fault(number);
            bool seen = both[which]->seen[number];
            EXPECT(!seen || loopback_is_whole(fault), "number %" PRIu64 ", fault %d, was delivered", number, fault);
            good += loopback_is_whole(fault);
            got += seen;
            odd += seen && fault != LOOPBACK_GOOD;
        }
    }
    printf("%" PRIu64 " of %" PRIu64 " good pictures, %" PRIu64 " of them without tables or padded; %d photos, %d refused\n",
           got, good, odd, taken, refused);
    CHECK(got > good / 2 && odd > 0 && taken > 0 && refused > 0);
    CHECK_EQ(atomic_load(&s->errors.count), 0);
    release(s);
    loopback_end(&writer);
}

/* Nothing but faults: no frame comes, and everything still ends. */
static enum loopback_fault only_cut(uint64_t number)
{
    (void)number;
    return LOOPBACK_CUT;
}

static void a_camera_that_sends_only_faulty_pictures(void)
{
    struct loopback_writer writer = start_writer(only_cut);
    struct stage *s = set_up();
    camera_photo *photo = NULL;
    start(s, &writer);
    for (int i = 0; i < 10; i++)
        CHECK_CODE(camera_output_take_photo(s->photo, NULL, 20000, &photo), 201);
    CHECK_EQ(atomic_load(&s->tape.taken) + atomic_load(&s->view.taken), 0);
    CHECK_EQ(atomic_load(&s->errors.count), 0);
    end(s);
    release(s);
    loopback_end(&writer);
}

/* The driver takes its buffers in turn and asks nobody: it fills one that is under a frame in someone's
   hands as well. The stream goes on without those. */
static void a_frame_that_is_held_for_longer_than_the_driver_has_buffers(void)
{
    struct loopback_writer writer = start_writer(NULL);
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_input *input = NULL;
    camera_session *session = t_session(manager);
    camera_surface *surface = t_surface(manager, 16, CAMERA_SURFACE_POLICY_DROP_OLDEST, 16);
    camera_output *preview = t_preview(manager, T_MJPG, WIDTH, HEIGHT, surface);
    camera_frame *held = NULL;
    uint64_t listener = 0, last = 0;
    int came = 0;
    struct errors errors = {0};
    CHECK(listed(manager, &camera));
    OK(camera_manager_create_input(manager, camera.id, &input));
    OK(camera_input_open(input));
    OK(camera_session_add_error_listener(session, on_error, &errors, NULL, &listener));
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, preview));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    CHECK(loopback_go(&writer));
    held = t_frame(surface);
    for (int i = 0; i < 30 && atomic_load(&errors.count) == 0; i++) {
        camera_frame *frame = NULL;
        OK(camera_surface_acquire(surface, 1000, &frame));
        if (frame != NULL) {
            last = t_info(frame).sequence;
            came++;
            OK(camera_frame_release(frame));
        }
    }
    printf("%d frames to number %" PRIu64 ", %d errors\n", came, last, atomic_load(&errors.count));
    CHECK(came == 30 && atomic_load(&errors.count) == 0);
    OK(camera_frame_release(held));
    OK(camera_manager_release(manager));
    loopback_end(&writer);
}

/* The driver's poll function puts a waiter in only while no picture waits: with a writer that was there
   first the library's epoll would never be woken. Pictures flow before the session starts, and while it stands still between two starts. */
static void a_writer_that_was_there_first(void)
{
    struct loopback_writer writer = start_writer(NULL);
    CHECK(loopback_go(&writer));
    struct stage *s = set_up();
    struct t_account view, tape;
    OK(camera_session_start(s->session));
    OK(camera_output_start(s->video));
    t_consumer_start(&s->view);
    t_consumer_start(&s->tape);
    WAIT_UNTIL(atomic_load(&s->tape.taken) >= 20);
    OK(camera_session_stop(s->session));
    t_sleep_ms(500);
    OK(camera_session_start(s->session));
    OK(camera_output_start(s->video));
    WAIT_UNTIL(atomic_load(&s->tape.taken) >= 40);
    end(s);
    settle(s, &view, &tape);
    release(s);
    loopback_end(&writer);
}

/* Another encoder (chroma of a quarter, other tables), and a writer that uses buffers as it likes.
   One colour, so that the values are known: red in JFIF's YCbCr is 76, 85, 255. */
static void pictures_of_another_program(void)
{
    char command[512];
    const char *device = getenv("CAMERA_TEST_LOOPBACK");
    camera_manager *manager = t_manager_of("v4l2", CAMERA_DISPATCH_LIBRARY);
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_input *input = NULL;
    camera_surface *surface = t_surface(manager, 3, CAMERA_SURFACE_POLICY_DROP_OLDEST, 8);
    camera_output *preview = t_preview(manager, T_NV12, 320, 240, surface);
    camera_session *session = t_session(manager);
    snprintf(command, sizeof command,
             "exec ffmpeg -nostdin -loglevel error -re -f lavfi -i color=c=red:size=640x480:rate=10 -c:v mjpeg -f v4l2 %s",
             device);
    pid_t writer = fork();
    CHECK(writer >= 0);
    if (writer == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    while (!listed(manager, &camera)) {
        if (waitpid(writer, NULL, WNOHANG) == writer)
            FAIL("ffmpeg does not write; scripts/setup.sh test installs it if it is missing");
        t_sleep_ms(100);
    }
    OK(camera_manager_create_input(manager, camera.id, &input));
    OK(camera_input_open(input));
    OK(camera_session_begin_config(session));
    OK(camera_session_add_input(session, input));
    OK(camera_session_add_output(session, preview));
    OK(camera_session_commit_config(session));
    OK(camera_session_start(session));
    for (int i = 0; i < 10; i++) {
        camera_frame *frame = t_frame(surface);
        for (uint32_t which = 0; which < 2; which++) {
            camera_plane plane = CAMERA_PLANE_INIT;
            OK(camera_frame_get_plane(frame, which, &plane));
            const unsigned char *middle = (const unsigned char *)plane.data + plane.rows / 2 * plane.stride + 160;
            const int wanted[2][2] = {{76, 76}, {85, 255}};
            for (int at = 0; at < 2; at++)
                EXPECT(abs(middle[at] - wanted[which][at]) <= 4, "plane %u has %d where %d is red", which, middle[at],
                       wanted[which][at]);
        }
        OK(camera_frame_release(frame));
    }
    OK(camera_manager_release(manager));
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    loopback_mend(device);
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(is_a_camera_while_someone_writes),
        CASE(a_preview_a_video_and_photos),
        CASE(a_smaller_photo_is_made),
        CASE(a_writer_that_is_killed),
        CASE(faulty_pictures_are_left_out),
        CASE(a_camera_that_sends_only_faulty_pictures),
        CASE(a_frame_that_is_held_for_longer_than_the_driver_has_buffers),
        CASE(pictures_of_another_program),
        CASE(a_writer_that_was_there_first), /* also after a program that leaves the device useless */
    };
    if (getenv("CAMERA_TEST_LOOPBACK") == NULL) {
        const char *reason = getenv("CAMERA_TEST_NO_LOOPBACK");
        printf("%s\n", reason ? reason : "needs the loopback device: make test-vm runs it in a virtual machine");
        return 77;
    }
    return t_main(argc, argv, cases, T_COUNT(cases));
}
