/* controls: prints every control of a camera with its value and range, and changes some by name.
 *
 * Shows the controls that a driver has, by their V4L2 ids: brightness, power-line frequency, what only
 * this camera has. What every application needs (exposure, focus, zoom, white balance, ...) is easier
 * with the functions of camera_session, which know the units and the dependencies.
 *
 * Build:  cc controls.c $(pkg-config --cflags --libs camera-session) -o controls
 * Use:    ./controls [-d camera-id] [name=value]...     for example ./controls brightness=40 autoexposure=manualmode
 *         In names only letters and digits count. A value is a number, a text, or the name of a menu's item.
 */
#include <camera_session.h>
#include <ctype.h>
#include <inttypes.h>
#include <linux/v4l2-controls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTE = 60, WIDTH = 110 }; /* columns: where ranges begin, and where lines end */

/* True, and says what and why, when a call of the library failed. */
static bool failed(const char *what, int32_t code)
{
    if (code != CAMERA_OK)
        fprintf(stderr, "%s: %s: %s\n", what, camera_error_name(code), camera_error_detail());
    return code != CAMERA_OK;
}

static const char *unit_of(uint32_t id)
{
    switch (id) {
    case V4L2_CID_EXPOSURE_ABSOLUTE: return ", in 100 us";
    case V4L2_CID_WHITE_BALANCE_TEMPERATURE: return ", in kelvin";
    case V4L2_CID_AUTO_EXPOSURE_BIAS: return ", in 1/1000 EV";
    case V4L2_CID_ISO_SENSITIVITY: return ", in 1/1000 ISO";
    case V4L2_CID_FLASH_INTENSITY:
    case V4L2_CID_FLASH_TORCH_INTENSITY: return ", in mA";
    default: return "";
    }
}

/* One item of a menu; false: there are no more, or the control has none. */
static bool menu_item(camera_input *input, uint32_t id, uint32_t nth, camera_control_menu_item *item)
{
    uint32_t count = 0;
    return camera_input_get_control_menu_count(input, id, &count) == CAMERA_OK && nth < count &&
           !failed("read a menu", camera_input_get_control_menu_item(input, id, nth, item));
}

static void print_control(camera_input *input, const camera_control_info *control)
{
    char value[64] = "-"; /* a button, or of a kind that cannot be read: camera_error_detail() would say so */
    camera_control_menu_item item = CAMERA_CONTROL_MENU_ITEM_INIT;
    int64_t number = 0;
    if (control->type == CAMERA_CONTROL_TYPE_TEXT)
        (void)camera_input_get_control_text(input, control->id, value, sizeof value, NULL);
    else if (camera_input_get_control(input, control->id, &number) == CAMERA_OK)
        snprintf(value, sizeof value, "%" PRId64, number);
    if (control->type == CAMERA_CONTROL_TYPE_BOOLEAN)
        snprintf(value, sizeof value, "%s", number ? "on" : "off");
    for (uint32_t i = 0; menu_item(input, control->id, i, &item); i++)
        if (item.index == number)
            snprintf(value, sizeof value, "%s", item.name);
    const char *note = control->flags & CAMERA_CONTROL_READ_ONLY  ? "read only; "
                       : control->flags & CAMERA_CONTROL_GRABBED  ? "not while in use; "
                       : control->flags & CAMERA_CONTROL_INACTIVE ? "not now; "
                                                                  : "";
    int column = printf("%-32s  %-24s  ", control->name, value);
    column += printf("%s", note);
    switch (control->type) {
    case CAMERA_CONTROL_TYPE_BOOLEAN: printf("on (1) or off (0)"); break;
    case CAMERA_CONTROL_TYPE_BUTTON: printf("a button: any value"); break;
    case CAMERA_CONTROL_TYPE_TEXT: printf("a text of at most %" PRId64 " bytes", control->maximum); break;
    case CAMERA_CONTROL_TYPE_BITMASK: printf("bits of 0x%" PRIx64, (uint64_t)control->maximum); break;
    case CAMERA_CONTROL_TYPE_MENU:
    case CAMERA_CONTROL_TYPE_INTEGER_MENU:
        for (uint32_t i = 0; menu_item(input, control->id, i, &item); i++) {
            column += printf("%s", i ? " | " : "");
            if (column + (int)strlen(item.name) > WIDTH)
                column = printf("\n%*s", NOTE, "") - 1;
            column += printf("%s", item.name);
        }
        printf("%s", unit_of(control->id));
        break;
    case CAMERA_CONTROL_TYPE_INTEGER:
    case CAMERA_CONTROL_TYPE_INTEGER64:
        printf("%" PRId64 " to %" PRId64, control->minimum, control->maximum);
        if (control->step > 1)
            printf(" by %" PRIu64, control->step);
        printf("%s (default %" PRId64 ")", unit_of(control->id), control->default_value);
        break;
    default: printf("of a kind that has no single value");
    }
    printf("\n");
}

/* The same letters and digits? */
static bool same_name(const char *printed, const char *typed, size_t length)
{
    const char *end = typed + length;
    for (;; printed++, typed++) {
        while (*printed != '\0' && !isalnum((unsigned char)*printed))
            printed++;
        while (typed < end && !isalnum((unsigned char)*typed))
            typed++;
        if (*printed == '\0' || typed == end)
            return *printed == '\0' && typed == end;
        if (tolower((unsigned char)*printed) != tolower((unsigned char)*typed))
            return false;
    }
}

/* Does what "name=value" says. */
static bool change(camera_input *input, const char *wish)
{
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    camera_control_menu_item item = CAMERA_CONTROL_MENU_ITEM_INIT;
    size_t length = strcspn(wish, "=");
    const char *typed = wish + length + (wish[length] == '=');
    char *end;
    do {
        if (camera_input_get_next_control(input, control.id, &control) != CAMERA_OK || control.id == 0) {
            fprintf(stderr, "%.*s: the camera has no such control\n", (int)length, wish);
            return false;
        }
    } while (!same_name(control.name, wish, length));
    if (control.type == CAMERA_CONTROL_TYPE_TEXT)
        return !failed(control.name, camera_input_set_control_text(input, control.id, typed));
    for (uint32_t i = 0; menu_item(input, control.id, i, &item); i++)
        if (same_name(item.name, typed, strlen(typed)))
            return !failed(control.name, camera_input_set_control(input, control.id, item.index));
    int64_t number = strtoll(typed, &end, 0);
    if (*typed == '\0' || *end != '\0')
        fprintf(stderr, "%s: \"%s\" is neither a number nor one of its names\n", control.name, typed);
    return *typed != '\0' && *end == '\0' && !failed(control.name, camera_input_set_control(input, control.id, number));
}

int main(int argc, char **argv)
{
    bool asked = argc > 2 && strcmp(argv[1], "-d") == 0, bad;
    camera_manager *manager = NULL;
    camera_list *list;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    camera_input *input;
    int count = 0;
    bad = failed("create a manager", camera_manager_create(NULL, &manager)) ||
          failed("list the cameras", camera_manager_list_cameras(manager, &list)) ||
          failed("take the first camera", camera_list_get(list, 0, &camera)) ||
          failed("create the input", camera_manager_create_input(manager, asked ? argv[2] : camera.id, &input)) ||
          failed("open the camera", camera_input_open(input));
    for (int i = asked ? 3 : 1; !bad && i < argc; i++)
        bad = !change(input, argv[i]);
    if (!bad)
        printf("Camera %s\n\n", asked ? argv[2] : camera.id);
    /* It fails, too, for a camera that knows nothing of controls. */
    for (; !bad && camera_input_get_next_control(input, control.id, &control) == CAMERA_OK && control.id != 0; count++)
        print_control(input, &control);
    if (!bad && count == 0)
        printf("This camera has no controls.\n");
    if (manager != NULL) /* everything made from it ends with it */
        bad = failed("release the manager", camera_manager_release(manager)) || bad;
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
