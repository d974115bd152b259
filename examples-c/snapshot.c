/* snapshot: takes a photo and saves it as a JPEG file.
 *
 * Shows a session with a preview and a photo output, and the blocking form of every call. The
 * preview is there because a camera needs some frames to measure the light.
 *
 * Build:  cc snapshot.c $(pkg-config --cflags --libs camera-session) -o snapshot
 * Use:    ./snapshot [file] [camera-id]      defaults: photo.jpg, the first camera
 */
#include <camera_session.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREVIEW_FRAMES 20

/* True, and says what and why, when a call of the library failed. */
static bool failed(const char *what, int32_t code)
{
    if (code != CAMERA_OK)
        fprintf(stderr, "%s: %s: %s\n", what, camera_error_name(code), camera_error_detail());
    return code != CAMERA_OK;
}

/* The camera with this id, or the first one for NULL. An id that is not listed is left to the
 * library, which says what is wrong with it. */
static bool find_camera(camera_manager *manager, const char *id, camera_description *camera)
{
    camera_list *list;
    uint32_t count;
    bool found = false;

    if (failed("list the cameras", camera_manager_list_cameras(manager, &list)) ||
        failed("count the cameras", camera_list_get_count(list, &count)))
        return false;
    for (uint32_t i = 0; i < count && !found; i++) {
        if (failed("describe a camera", camera_list_get(list, i, camera)))
            return false;
        found = id == NULL || strcmp(camera->id, id) == 0;
    }
    if (id == NULL && !found)
        fprintf(stderr, "There is no camera. CAMERA_SESSION_CAMERAS=virtual gives a virtual one.\n");
    if (id != NULL && !found) {
        snprintf(camera->id, sizeof camera->id, "%s", id);
        snprintf(camera->name, sizeof camera->name, "%s", "camera");
    }
    if (id == NULL && found && strcmp(camera->driver, "virtual") == 0 && getenv("CAMERA_SESSION_CAMERAS") == NULL)
        printf("No real camera was found: this is the built-in virtual one, which draws a moving picture.\n");
    return found || id != NULL;
}

/* The preview profile to use: YUYV or NV12 if the camera has it, in the size nearest to 640x480. */
static bool choose_profile(camera_manager *manager, const char *id, camera_profile *best)
{
    camera_capability *offer;
    camera_profile profile = CAMERA_PROFILE_INIT;
    uint32_t count;
    long least = 0;

    if (failed("ask what the camera offers",
               camera_manager_get_capability(manager, id, CAMERA_SCENE_MODE_NORMAL_PHOTO, &offer)) ||
        failed("count profiles", camera_capability_get_profile_count(offer, CAMERA_OUTPUT_KIND_PREVIEW, &count)))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (failed("read a profile", camera_capability_get_profile(offer, CAMERA_OUTPUT_KIND_PREVIEW, i, &profile)))
            return false;
        long distance = labs((long)profile.width - 640) + labs((long)profile.height - 480);
        if (profile.format != CAMERA_FOURCC('Y', 'U', 'Y', 'V') && profile.format != CAMERA_FOURCC('N', 'V', '1', '2'))
            distance += 1000000;
        if (best->width == 0 || distance < least) {
            least = distance;
            *best = profile;
        }
    }
    return true;
}

/* Takes frames until the camera has measured the light. */
static bool watch_preview(camera_surface *surface)
{
    for (int i = 0; i < PREVIEW_FRAMES; i++) {
        camera_frame *frame;
        if (failed("wait for a frame", camera_surface_acquire(surface, 5000, &frame)))
            return false;
        if (frame == NULL) {
            fprintf(stderr, "The camera gave no frame within 5 seconds.\n");
            return false;
        }
        if (failed("release a frame", camera_frame_release(frame)))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "photo.jpg";
    const char *id = argc > 2 ? argv[2] : NULL;
    int result = EXIT_FAILURE;
    camera_manager *manager = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_profile profile = CAMERA_PROFILE_INIT, photo_profile;
    camera_input *input;
    camera_surface *surface;
    camera_output *preview, *output;
    camera_session *session;
    camera_photo *photo = NULL;
    camera_photo_info info = CAMERA_PHOTO_INFO_INIT;

    if (failed("create a manager", camera_manager_create(NULL, &manager)) || !find_camera(manager, id, &camera) ||
        !choose_profile(manager, camera.id, &profile))
        goto end;
    photo_profile = profile; /* the same size: a camera gives one stream */
    photo_profile.format = CAMERA_FORMAT_JPEG;
    if (failed("create the input", camera_manager_create_input(manager, camera.id, &input)) ||
        failed("open the camera", camera_input_open(input)) ||
        failed("create a surface", camera_manager_create_surface(manager, NULL, &surface)) ||
        failed("create the preview", camera_manager_create_preview_output(manager, &profile, surface, &preview)) ||
        failed("create the photo output", camera_manager_create_photo_output(manager, &photo_profile, NULL, &output)) ||
        failed("create a session", camera_manager_create_session(manager, CAMERA_SCENE_MODE_NORMAL_PHOTO, &session)) ||
        failed("begin", camera_session_begin_config(session)) ||
        failed("add the input", camera_session_add_input(session, input)) ||
        failed("add the preview", camera_session_add_output(session, preview)) ||
        failed("add the photo output", camera_session_add_output(session, output)) ||
        failed("commit", camera_session_commit_config(session)) ||
        failed("start", camera_session_start(session)) || !watch_preview(surface) ||
        failed("take the photo", camera_output_take_photo(output, NULL, 10000, &photo)) ||
        failed("look at the photo", camera_photo_get_info(photo, &info)) ||
        failed("save the photo", camera_photo_save(photo, path)))
        goto end;
    printf("%s: %ux%u, %lu KiB, taken with %s (%s)\n", path, (unsigned)info.width, (unsigned)info.height,
           (unsigned long)(info.length / 1024), camera.name, camera.id);
    result = EXIT_SUCCESS;

end:
    /* A photo belongs to the program. All else ends with its manager. */
    if (photo != NULL && failed("release the photo", camera_photo_release(photo)))
        result = EXIT_FAILURE;
    if (manager != NULL && failed("release the manager", camera_manager_release(manager)))
        result = EXIT_FAILURE;
    return result;
}
