/* controls: prints every control of a camera with its range and value, and changes one by name.
 *
 * Shows the controls that a driver has, by their V4L2 ids: brightness, power-line frequency, what only
 * this camera has. What every application needs (exposure, focus, zoom, white balance, ...) is easier
 * with the functions of camera_session, which know the units and the dependencies.
 *
 * Build:  cc controls.c $(pkg-config --cflags --libs camera-session) -o controls
 * Use:    ./controls [-d camera-id] [name=value]...     for example ./controls brightness=140
 *         A name is what is printed, in any case, with _ or - for spaces; a value is a number, or the
 *         name of a menu's item.
 */
#include <camera_session.h>
#include <ctype.h>
#include <inttypes.h>
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

/* The first camera unless one was asked for. */
static bool choose(camera_manager *manager, const char *wanted, camera_description *camera)
{
    camera_list *list;
    if (wanted != NULL)
        snprintf(camera->id, sizeof camera->id, "%s", wanted);
    else if (failed("list the cameras", camera_manager_list_cameras(manager, &list)) ||
             failed("take the first camera", camera_list_get(list, 0, camera)))
        return false;
    printf("%s%s%s\n", camera->name, camera->name[0] ? ", " : "", camera->id);
    if (strcmp(camera->driver, "virtual") == 0 && getenv("CAMERA_SESSION_CAMERAS") == NULL)
        printf("No real camera was found: this is the built-in virtual one, which draws a moving picture.\n");
    return true;
}

/* The control behind this one; id 0 when there are no more. */
static bool next_control(camera_input *input, camera_control_info *control)
{
    return !failed("look for the next control", camera_input_get_next_control(input, control->id, control));
}

static const char *type_of(const camera_control_info *control)
{
    static const char *const names[] = {[CAMERA_CONTROL_TYPE_INTEGER] = "number",
                                        [CAMERA_CONTROL_TYPE_BOOLEAN] = "switch",
                                        [CAMERA_CONTROL_TYPE_MENU] = "menu",
                                        [CAMERA_CONTROL_TYPE_BUTTON] = "button",
                                        [CAMERA_CONTROL_TYPE_INTEGER64] = "number",
                                        [CAMERA_CONTROL_TYPE_TEXT] = "text",
                                        [CAMERA_CONTROL_TYPE_BITMASK] = "bits",
                                        [CAMERA_CONTROL_TYPE_INTEGER_MENU] = "menu"};
    size_t type = (size_t)control->type;
    return type < sizeof names / sizeof *names && names[type] != NULL ? names[type] : "other";
}

static bool is_menu(const camera_control_info *control)
{
    return control->type == CAMERA_CONTROL_TYPE_MENU || control->type == CAMERA_CONTROL_TYPE_INTEGER_MENU;
}

/* The items of a menu, the chosen one in brackets. */
static bool print_menu(camera_input *input, const camera_control_info *control, int64_t value)
{
    uint32_t count;
    if (failed("count the menu's items", camera_input_get_control_menu_count(input, control->id, &count)))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        camera_control_menu_item item = CAMERA_CONTROL_MENU_ITEM_INIT;
        if (failed("read the menu", camera_input_get_control_menu_item(input, control->id, i, &item)))
            return false;
        printf(item.index == value ? " [%s]" : " %s", item.name);
    }
    return true;
}

static bool print_control(camera_input *input, const camera_control_info *control)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } flags[] = {{CAMERA_CONTROL_INACTIVE, "inactive"},
                 {CAMERA_CONTROL_READ_ONLY, "read-only"},
                 {CAMERA_CONTROL_GRABBED, "in use"}};
    char text[64] = "";
    int64_t value = 0;
    printf("  %-32s %-7s", control->name, type_of(control));
    if (control->type == CAMERA_CONTROL_TYPE_TEXT) {
        if (camera_input_get_control_text(input, control->id, text, sizeof text, NULL) == CAMERA_OK)
            printf(" \"%s\"", text);
    } else if (camera_input_get_control(input, control->id, &value) != CAMERA_OK) {
        printf(" -"); /* a button, or something that cannot be read: camera_error_detail() says so */
    } else if (is_menu(control)) {
        if (!print_menu(input, control, value))
            return false;
    } else {
        printf(" %" PRId64 "  (%" PRId64 " to %" PRId64, value, control->minimum, control->maximum);
        if (control->step > 1)
            printf(" by %" PRIu64, control->step);
        printf(", default %" PRId64 ")", control->default_value);
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (control->flags & flags[i].flag)
            printf("  %s", flags[i].name);
    printf("\n");
    return true;
}

static bool same_name(const char *printed, const char *typed, size_t length)
{
    size_t i = 0;
    for (; i < length && printed[i] != '\0'; i++) {
        char one = printed[i] == ' ' || printed[i] == '-' ? '_' : (char)tolower((unsigned char)printed[i]);
        char other = typed[i] == ' ' || typed[i] == '-' ? '_' : (char)tolower((unsigned char)typed[i]);
        if (one != other)
            return false;
    }
    return i == length && printed[i] == '\0';
}

/* What was typed as a number: of a menu its item's name may be typed, too. */
static bool value_of(camera_input *input, const camera_control_info *control, const char *typed, int64_t *value)
{
    char *end;
    uint32_t count = 0;
    if (is_menu(control) && failed("count the menu's items", camera_input_get_control_menu_count(input, control->id, &count)))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        camera_control_menu_item item = CAMERA_CONTROL_MENU_ITEM_INIT;
        if (failed("read the menu", camera_input_get_control_menu_item(input, control->id, i, &item)))
            return false;
        if (same_name(item.name, typed, strlen(typed))) {
            *value = item.index;
            return true;
        }
    }
    *value = strtoll(typed, &end, 0);
    if (*typed != '\0' && *end == '\0')
        return true;
    fprintf(stderr, "%s: \"%s\" is no number%s\n", control->name, typed, count ? " and no item of the menu" : "");
    return false;
}

/* Does what "name=value" says. */
static bool change(camera_input *input, const char *wish)
{
    const char *typed = strchr(wish, '=');
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    int64_t value;
    if (typed == NULL) {
        fprintf(stderr, "%s: what is it to be? name=value\n", wish);
        return false;
    }
    do {
        if (!next_control(input, &control))
            return false;
        if (control.id == 0) {
            fprintf(stderr, "%.*s: the camera has no such control\n", (int)(typed - wish), wish);
            return false;
        }
    } while (!same_name(control.name, wish, (size_t)(typed - wish)));
    typed++;
    if (control.type == CAMERA_CONTROL_TYPE_TEXT)
        return !failed(control.name, camera_input_set_control_text(input, control.id, typed));
    return value_of(input, &control, typed, &value) &&
           !failed(control.name, camera_input_set_control(input, control.id, value));
}

int main(int argc, char **argv)
{
    camera_manager *manager = NULL;
    camera_description camera = CAMERA_DESCRIPTION_INIT;
    camera_control_info control = CAMERA_CONTROL_INFO_INIT;
    camera_input *input;
    int first = argc > 2 && strcmp(argv[1], "-d") == 0 ? 3 : 1;
    bool bad = failed("create a manager", camera_manager_create(NULL, &manager)) ||
               !choose(manager, first == 3 ? argv[2] : NULL, &camera) ||
               failed("create the input", camera_manager_create_input(manager, camera.id, &input)) ||
               failed("open the camera", camera_input_open(input));
    for (int i = first; !bad && i < argc; i++)
        bad = !change(input, argv[i]);
    while (!bad && !(bad = !next_control(input, &control)) && control.id != 0)
        bad = !print_control(input, &control);
    /* Everything made from the manager ends with it. */
    if (manager != NULL)
        bad = failed("release the manager", camera_manager_release(manager)) || bad;
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
