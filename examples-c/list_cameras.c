/* list_cameras: prints every camera and what it offers.
 *
 * Shows how to list cameras, and how to read the profiles that outputs may ask for.
 *
 * Build:  cc list_cameras.c $(pkg-config --cflags --libs camera-session) -o list_cameras
 * Use:    ./list_cameras
 */
#include <camera_session.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True, and says what and why, when a call of the library failed. */
static bool failed(const char *what, int32_t code)
{
    if (code != CAMERA_OK)
        fprintf(stderr, "%s: %s: %s\n", what, camera_error_name(code), camera_error_detail());
    return code != CAMERA_OK;
}

static bool same_size(const camera_profile *a, const camera_profile *b)
{
    return a->format == b->format && a->width == b->width && a->height == b->height;
}

/* The frame rates of the size at index, as text such as "30 15 5". A camera lists each rate by
 * itself and then their whole range, which says nothing new; a range that stands alone means that
 * the driver does not tell its rates. Returns the index after them, or 0 on failure. */
static uint32_t read_rates(camera_capability *capability, int32_t kind, uint32_t index, uint32_t count,
                           camera_profile *size, char *rates, size_t room)
{
    rates[0] = '\0';
    for (uint32_t first = index; index < count; index++) {
        camera_profile profile = CAMERA_PROFILE_INIT;
        size_t used = strlen(rates);
        if (failed("read a profile", camera_capability_get_profile(capability, kind, index, &profile)))
            return 0;
        if (index == first)
            *size = profile;
        else if (!same_size(&profile, size))
            break;
        if (profile.max_frame_rate == 0)
            continue;
        if (profile.min_frame_rate == profile.max_frame_rate)
            snprintf(rates + used, room - used, " %u", (unsigned)profile.max_frame_rate);
        else if (index == first)
            snprintf(rates, room, " %u to %u", (unsigned)profile.min_frame_rate, (unsigned)profile.max_frame_rate);
    }
    return index;
}

/* The profiles for one kind of output: a line for each format, with the sizes that have the same
 * frame rates together. */
static bool print_profiles(camera_capability *capability, int32_t kind, const char *title)
{
    uint32_t count, index = 0, format = 0;
    char last_rates[256] = "";
    if (failed("count profiles", camera_capability_get_profile_count(capability, kind, &count)))
        return false;
    printf("  %s\n", title);
    if (count == 0)
        printf("    none");
    while (index < count) {
        camera_profile size = CAMERA_PROFILE_INIT;
        char name[16], rates[256];
        index = read_rates(capability, kind, index, count, &size, rates, sizeof rates);
        if (index == 0 || failed("name a format", camera_format_name(size.format, name, sizeof name)))
            return false;
        if (size.format != format || strcmp(rates, last_rates) != 0) {
            if (format != 0)
                printf("%s%s\n", last_rates[0] ? " :" : "", last_rates);
            printf("    %-10s", size.format != format ? name : "");
            format = size.format;
            memcpy(last_rates, rates, sizeof rates);
        }
        printf(" %ux%u", (unsigned)size.width, (unsigned)size.height);
    }
    printf("%s%s\n", last_rates[0] ? " :" : "", last_rates);
    return true;
}

static bool print_camera(camera_manager *manager, const camera_description *camera)
{
    static const char *const connections[] = {"built in", "USB", "network"};
    camera_capability *capability;
    bool complete;

    printf("\n%s\n", camera->name);
    printf("  id          %s\n", camera->id);
    printf("  driver      %s\n", camera->driver);
    printf("  path        %s\n", camera->path[0] != '\0' ? camera->path : "none");
    printf("  connection  %s\n", camera->connection >= 0 && camera->connection < 3
                                     ? connections[camera->connection] : "other");
    fflush(stdout); /* what goes wrong below is written to stderr, after this */
    if (failed("ask what the camera offers",
               camera_manager_get_capability(manager, camera->id, CAMERA_SCENE_MODE_NORMAL_PHOTO, &capability)))
        return false;
    complete = print_profiles(capability, CAMERA_OUTPUT_KIND_PREVIEW, "preview") &&
               print_profiles(capability, CAMERA_OUTPUT_KIND_PHOTO, "photo") &&
               print_profiles(capability, CAMERA_OUTPUT_KIND_VIDEO, "video (sizes : frames per second)");
    return !failed("give the capability back", camera_capability_release(capability)) && complete;
}

int main(void)
{
    int result = EXIT_FAILURE;
    camera_manager *manager = NULL;
    camera_list *list;
    uint32_t count, virtual_ones = 0;
    bool complete = true;

    if (failed("create a manager", camera_manager_create(NULL, &manager)) ||
        failed("list the cameras", camera_manager_list_cameras(manager, &list)) ||
        failed("count the cameras", camera_list_get_count(list, &count)))
        goto end;
    printf("%u camera%s\n", (unsigned)count, count == 1 ? "" : "s");
    if (count == 0)
        printf("Is one plugged in (ls -l /dev/video*)? CAMERA_SESSION_CAMERAS=virtual:1 takes a virtual one.\n");
    for (uint32_t i = 0; i < count; i++) {
        camera_description camera = CAMERA_DESCRIPTION_INIT;
        if (failed("describe a camera", camera_list_get(list, i, &camera)))
            goto end;
        virtual_ones += strcmp(camera.driver, "virtual") == 0;
        /* A camera that cannot be asked does not hide the others. */
        complete = print_camera(manager, &camera) && complete;
    }
    if (virtual_ones > 0 && getenv("CAMERA_SESSION_CAMERAS") == NULL)
        printf("\nThis machine has no camera that the library can use. The one above is built into the library:\n"
               "it draws a moving picture, so that programs can be tried.\n");
    if (complete)
        result = EXIT_SUCCESS;

end:
    /* The end of the manager is that of everything made from it, such as the list. */
    if (manager != NULL && failed("release the manager", camera_manager_release(manager)))
        result = EXIT_FAILURE;
    return result;
}
