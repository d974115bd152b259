/*
 * test_library.c: what belongs to no object: versions, the names and texts of codes, the detail of
 * the last failure, the names of formats.
 */
#include "t_rig.h"

static void codes_have_names_and_texts(void)
{
    static const struct {
        int32_t code;
        const char *name, *text;
    } codes[] = {
        {CAMERA_OK, "OK", "Success."},
        {7400101, "INVALID_ARGUMENT", "Parameter missing or parameter type incorrect."},
        {7400102, "OPERATION_NOT_ALLOWED", "Operation not allowed."},
        {7400103, "SESSION_NOT_CONFIG", "Session not config."},
        {7400104, "SESSION_NOT_RUNNING", "Session not running."},
        {7400105, "SESSION_CONFIG_LOCKED", "Session config locked."},
        {7400106, "DEVICE_SETTING_LOCKED", "Device setting locked."},
        {7400107, "CONFLICT_CAMERA", "Can not use camera cause of conflict."},
        {7400108, "DEVICE_DISABLED", "Camera disabled cause of security reason."},
        {7400109, "DEVICE_PREEMPTED", "Can not use camera cause of preempted."},
        {7400110, "UNRESOLVED_CONFLICTS_WITH_CURRENT_CONFIGURATIONS",
         "Unresolved conflicts with current configurations."},
        {7400201, "SERVICE_FATAL_ERROR", "Camera service fatal error."},
        {-1, "UNKNOWN", "Unknown code."},
        {1, "UNKNOWN", "Unknown code."},
        {101, "UNKNOWN", "Unknown code."},
        {7400111, "UNKNOWN", "Unknown code."},
        {INT32_MIN, "UNKNOWN", "Unknown code."},
    };
    for (size_t i = 0; i < T_COUNT(codes); i++) {
        CHECK(strcmp(camera_error_name(codes[i].code), codes[i].name) == 0);
        CHECK(strcmp(camera_error_text(codes[i].code), codes[i].text) == 0);
    }
    CHECK_EQ(CAMERA_ERROR_SERVICE_FATAL_ERROR, 7400201);
    CHECK_EQ(CAMERA_ERROR_INVALID_ARGUMENT, 7400101);
}

static void *detail_of_a_new_thread(void *argument)
{
    (void)argument;
    CHECK(*camera_error_detail() == '\0');
    return NULL;
}

static void details_belong_to_their_thread(void)
{
    char text[16], first[512];
    pthread_t thread;
    CHECK(*camera_error_detail() == '\0');
    CHECK_CODE(camera_list_release(NULL), 101);
    snprintf(first, sizeof first, "%s", camera_error_detail());
    CHECK(strstr(first, "NULL"));
    OK(camera_format_name(T_YUYV, text, sizeof text));
    CHECK(strcmp(first, camera_error_detail()) == 0); /* a success leaves it */
    CHECK_EQ(pthread_create(&thread, NULL, detail_of_a_new_thread, NULL), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_CODE(camera_format_name(T_YUYV, text, 15), 101);
    CHECK(strstr(camera_error_detail(), "15"));
}

static void versions_and_formats(void)
{
    static const struct {
        uint32_t format;
        const char *name;
    } formats[] = {
        {CAMERA_FORMAT_RGBA_8888, "RGBA_8888"},
        {CAMERA_FORMAT_YUV_420_SP, "YUV_420_SP"},
        {CAMERA_FORMAT_JPEG, "JPEG"},
        {T_YUYV, "YUYV"},
        {CAMERA_FOURCC('Y', '1', '6', ' '), "Y16 "},
        {CAMERA_FOURCC('Y', '1', '6', ' ') | (uint32_t)1 << 31, "Y16 -BE"},
        {0, "0"},
        {1234, "1234"},
        {UINT32_MAX, "\?\?\?\x7f-BE"},
    };
    char text[20], version[32];
    CHECK_EQ(camera_version(), CAMERA_SESSION_VERSION);
    snprintf(version, sizeof version, "%d.%d.%d", CAMERA_SESSION_VERSION_MAJOR,
             CAMERA_SESSION_VERSION_MINOR, CAMERA_SESSION_VERSION_PATCH);
    CHECK(strcmp(camera_version_string(), version) == 0);
    for (size_t i = 0; i < T_COUNT(formats); i++) {
        memset(text, 0x55, sizeof text);
        OK(camera_format_name(formats[i].format, text, 16));
        EXPECT(i + 1 == T_COUNT(formats) || strcmp(text, formats[i].name) == 0, "%s is named %s",
               formats[i].name, text);
        CHECK(memchr(text, '\0', 16) && text[16] == 0x55);
        memset(text, 0x55, sizeof text);
        CHECK_CODE(camera_format_name(formats[i].format, text, 0), 101);
        CHECK_EQ(text[0], 0x55);
    }
}

int main(int argc, char **argv)
{
    static const struct t_case cases[] = {
        CASE(codes_have_names_and_texts),
        CASE(details_belong_to_their_thread),
        CASE(versions_and_formats),
    };
    return t_main(argc, argv, cases, T_COUNT(cases));
}
