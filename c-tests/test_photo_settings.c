/*
 * test_photo_settings.c: photos that are turned, mirrored and located. The pictures are decoded: the
 * number that the virtual camera draws along its upper edge must be found along the edge to which it
 * was turned, and be the frame's own. The facts in the file are read back.
 */
#include "t_rig.h"

#include <turbojpeg.h>

#define WIDTH 640
#define HEIGHT 480

struct picture {
    int width, height;
    unsigned char *grey;
};

static struct picture decode(const camera_photo_info *info)
{
    struct picture picture = {0, 0, NULL};
    int sampling, space;
    tjhandle decoder = tjInitDecompress();
    CHECK(decoder != NULL);
    CHECK_EQ(tjDecompressHeader3(decoder, info->data, info->length, &picture.width, &picture.height, &sampling, &space), 0);
    picture.grey = malloc((size_t)picture.width * (size_t)picture.height);
    CHECK(picture.grey != NULL);
    CHECK_EQ(tjDecompress2(decoder, info->data, info->length, picture.grey, picture.width, 0, picture.height,
                           TJPF_GRAY, 0), 0);
    tjDestroy(decoder);
    return picture;
}

/* The pixel that was at x, y of the upright picture. */
static unsigned char upright(const struct picture *picture, int rotation, int mirror, int x, int y)
{
    int to_x = x, to_y = y;
    switch (rotation) {
    case 90:
        to_x = picture->width - 1 - y, to_y = x;
        break;
    case 180:
        to_x = picture->width - 1 - x, to_y = picture->height - 1 - y;
        break;
    case 270:
        to_x = y, to_y = picture->height - 1 - x;
        break;
    }
    if (mirror)
        to_x = picture->width - 1 - to_x;
    return picture->grey[(size_t)to_y * (size_t)picture->width + (size_t)to_x];
}

/* As src/backend/virtual_camera/pattern.rs draws it: 40 cells, 1010, 32 bits, 4 bits of check. */
static long long number_in(const struct picture *picture, int rotation, int mirror)
{
    bool sideways = rotation % 180 != 0;
    int width = sideways ? picture->height : picture->width;
    uint64_t cells = 0;
    for (int cell = 0; cell < 40; cell++)
        cells = cells << 1 | (upright(picture, rotation, mirror, (2 * cell + 1) * width / 80, width / 80) > 128);
    return cells >> 36 == 10 ? (long long)(cells >> 4 & 0xffffffff) : -1;
}

static camera_photo *take(camera_output *output, const camera_photo_settings *settings, camera_photo_info *info)
{
    camera_photo *photo = NULL;
    *info = (camera_photo_info)CAMERA_PHOTO_INFO_INIT;
    OK(camera_output_take_photo(output, settings, (int32_t)(t_limit() * 800), &photo));
    OK(camera_photo_get_info(photo, info));
    return photo;
}

/* A session that gives YUYV of 640x480, and photos of this size. */
static struct t_rig rig_of(camera_manager *manager, uint32_t format, uint32_t width, uint32_t height)
{
    return t_photo_rig(manager, format, WIDTH, HEIGHT, width, height);
}

static void every_way_to_lay_a_picture_down(void)
{
    static const uint32_t formats[] = {T_YUYV, T_NV12, CAMERA_FOURCC('R', 'G', 'B', '3'), T_GREY};
    camera_manager *manager = t_manager();
    for (size_t f = 0; f < T_COUNT(formats); f++) {
        for (uint32_t smaller = 0; smaller < 2; smaller++) {
            if (formats[f] == T_GREY && smaller)
                continue; /* only its own size is made of it */
            uint32_t width = smaller ? 320 : WIDTH, height = smaller ? 240 : HEIGHT;
            struct t_rig rig = rig_of(manager, formats[f], width, height);
            for (int turn = 0; turn < 8; turn++) {
                camera_photo_settings settings = CAMERA_PHOTO_SETTINGS_INIT;
                camera_photo_info info;
                settings.rotation = turn / 2 * 90;
                settings.mirror = turn % 2;
                camera_photo *photo = take(rig.photo, &settings, &info);
                struct picture picture = decode(&info);
                bool sideways = settings.rotation % 180 != 0;
                CHECK_EQ(info.width, sideways ? height : width);
                CHECK_EQ(info.height, sideways ? width : height);
                CHECK(picture.width == (int)info.width && picture.height == (int)info.height);
                CHECK_EQ(number_in(&picture, settings.rotation, settings.mirror), info.sequence);
                free(picture.grey);
                OK(camera_photo_release(photo));
            }
            t_rig_release(&rig);
        }
    }
    OK(camera_manager_release(manager));
}

static void settings_are_checked(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = rig_of(manager, T_YUYV, WIDTH, HEIGHT);
    struct t_results results = T_RESULTS_INIT;
    camera_location place = {48.2, 16.37, 171};
    camera_photo_settings good = CAMERA_PHOTO_SETTINGS_INIT, bad;
    good.location = &place;
#define BAD(change)                                                                            \
    bad = good;                                                                                \
    change;                                                                                    \
    CHECK_CODE(camera_output_capture(rig.photo, &bad), 101);                                   \
    CHECK_CODE(camera_output_capture_async(rig.photo, &bad, t_completion, t_ticket(&results, 0)), 101)
    BAD(bad.size = 4);
    BAD(bad.quality = 3);
    BAD(bad.quality = -1);
    BAD(bad.rotation = 45);
    BAD(bad.rotation = 360);
    BAD(bad.rotation = -90);
    BAD(bad.mirror = 2);
    BAD(place.latitude = 90.5);
    CHECK(strstr(camera_error_detail(), "latitude"));
    BAD((place.latitude = -12, place.longitude = -180.5));
    BAD((place.longitude = 0, place.altitude = 2e6));
    BAD((place.altitude = 0, place.latitude = strtod("nan", NULL)));
    CHECK_EQ(t_result_count(&results), 0);
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

/* --- EXIF -------------------------------------------------------------------------------------- */

/* A big- or little-endian TIFF structure: Exif 2.32, 4.5.2. */
struct tiff {
    const unsigned char *bytes;
    size_t length;
    bool little;
};

static uint32_t number(const struct tiff *tiff, size_t at, int bytes)
{
    uint32_t value = 0;
    CHECK(at + (size_t)bytes <= tiff->length);
    for (int i = 0; i < bytes; i++)
        value |= (uint32_t)tiff->bytes[at + (size_t)(tiff->little ? i : bytes - 1 - i)] << (8 * i);
    return value;
}

/* The value of a tag in a directory, where it lies; 0: there is none. */
static size_t find(const struct tiff *tiff, size_t directory, uint32_t tag, uint32_t *count)
{
    static const unsigned sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8};
    uint32_t entries = number(tiff, directory, 2);
    for (uint32_t i = 0; i < entries; i++) {
        size_t entry = directory + 2 + 12 * (size_t)i;
        uint32_t type = number(tiff, entry + 2, 2);
        *count = number(tiff, entry + 4, 4);
        CHECK(type < T_COUNT(sizes));
        if (number(tiff, entry, 2) == tag)
            return sizes[type] * *count > 4 ? number(tiff, entry + 8, 4) : entry + 8;
    }
    return 0;
}

static const char *text(const struct tiff *tiff, size_t directory, uint32_t tag)
{
    uint32_t count;
    size_t at = find(tiff, directory, tag, &count);
    CHECK(at > 0 && at + count <= tiff->length && tiff->bytes[at + count - 1] == 0);
    return (const char *)tiff->bytes + at;
}

static double degrees(const struct tiff *tiff, size_t directory, uint32_t tag)
{
    uint32_t count;
    size_t at = find(tiff, directory, tag, &count);
    CHECK(at > 0 && count == 3);
    double sum = 0, unit = 1;
    for (size_t i = 0; i < 3; i++, unit /= 60)
        sum += unit * number(tiff, at + 8 * i, 4) / number(tiff, at + 8 * i + 4, 4);
    return sum;
}

static struct tiff exif_of(const camera_photo_info *info)
{
    const unsigned char *bytes = info->data;
    /* The first segment, before anything else. */
    CHECK(bytes[2] == 0xff && bytes[3] == 0xe1 && memcmp(bytes + 6, "Exif\0", 6) == 0);
    struct tiff tiff = {bytes + 12, (size_t)(bytes[4] << 8 | bytes[5]) - 8, bytes[12] == 'I'};
    CHECK_EQ(number(&tiff, 2, 2), 42);
    return tiff;
}

static bool near(double one, double other)
{
    return one - other < 1e-6 && other - one < 1e-6;
}

static void the_file_tells_the_facts(void)
{
    camera_manager *manager = t_manager();
    struct t_rig rig = rig_of(manager, T_NV12, WIDTH, HEIGHT);
    camera_location place = {-33.856784, 151.215297, -12.5};
    camera_photo_settings settings = CAMERA_PHOTO_SETTINGS_INIT;
    camera_photo_info info;
    uint32_t count;
    settings.location = &place;
    settings.rotation = CAMERA_IMAGE_ROTATION_90;
    setenv("TZ", "XYZ-05:30", 1);
    time_t before = time(NULL);
    camera_photo *photo = take(rig.photo, &settings, &info);
    time_t after = time(NULL);
    struct tiff tiff = exif_of(&info);
    size_t zeroth = number(&tiff, 4, 4), at;
    CHECK(strcmp(text(&tiff, zeroth, 0x010f), "camera-session") == 0);
    CHECK(strcmp(text(&tiff, zeroth, 0x0110), "Virtual camera 0") == 0);
    CHECK(strstr(text(&tiff, zeroth, 0x0131), camera_version_string()));
    at = find(&tiff, zeroth, 0x0112, &count); /* the pixels are upright */
    CHECK(at > 0 && number(&tiff, at, 2) == 1);
    at = find(&tiff, zeroth, 0x8769, &count);
    CHECK(at > 0);
    size_t exif = number(&tiff, at, 4);
    at = find(&tiff, exif, 0xa002, &count);
    CHECK(at > 0 && number(&tiff, at, 4) == HEIGHT);
    at = find(&tiff, exif, 0xa003, &count);
    CHECK(at > 0 && number(&tiff, at, 4) == WIDTH);
    /* Exposed for 10 milliseconds at ISO 100, as the camera's controls say. */
    at = find(&tiff, exif, 0x829a, &count);
    CHECK(at > 0 && count == 1 && number(&tiff, at, 4) == 1 && number(&tiff, at + 4, 4) == 100);
    at = find(&tiff, exif, 0x8827, &count);
    CHECK(at > 0 && number(&tiff, at, 2) == 100);
    CHECK(strcmp(text(&tiff, exif, 0x9011), "+05:30") == 0);
    struct tm taken = {0};
    CHECK(sscanf(text(&tiff, exif, 0x9003), "%d:%d:%d %d:%d:%d", &taken.tm_year, &taken.tm_mon, &taken.tm_mday,
                 &taken.tm_hour, &taken.tm_min, &taken.tm_sec) == 6);
    taken.tm_year -= 1900, taken.tm_mon -= 1;
    setenv("TZ", "UTC0", 1);
    tzset();
    time_t moment = mktime(&taken) - (5 * 60 + 30) * 60;
    CHECK(moment >= before - 2 && moment <= after + 1);
    at = find(&tiff, zeroth, 0x8825, &count);
    CHECK(at > 0);
    size_t gps = number(&tiff, at, 4);
    CHECK(*text(&tiff, gps, 1) == 'S' && near(degrees(&tiff, gps, 2), 33.856784));
    CHECK(*text(&tiff, gps, 3) == 'E' && near(degrees(&tiff, gps, 4), 151.215297));
    at = find(&tiff, gps, 5, &count);
    CHECK(at > 0 && number(&tiff, at, 1) == 1); /* below the sea */
    at = find(&tiff, gps, 6, &count);
    CHECK(at > 0 && near((double)number(&tiff, at, 4) / number(&tiff, at + 4, 4), 12.5));
    OK(camera_photo_release(photo));

    /* Nothing is told about a place that nobody gave. */
    photo = take(rig.photo, NULL, &info);
    tiff = exif_of(&info);
    CHECK_EQ(find(&tiff, number(&tiff, 4, 4), 0x8825, &count), 0);
    OK(camera_photo_release(photo));
    t_rig_release(&rig);
    OK(camera_manager_release(manager));
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(every_way_to_lay_a_picture_down),
        CASE(settings_are_checked),
        CASE(the_file_tells_the_facts),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
