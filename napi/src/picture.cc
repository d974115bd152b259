/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames and photos as pictures: the hold on them, and where their components lie. */
#include "image.h"

namespace bridge {

namespace {

/* Where the samples of one component are: in which plane, from which byte on, and how far apart. */
struct Samples {
    uint8_t plane, offset, step; /* a step of 0: the format has no such component */
};

struct Format {
    uint32_t fourcc;
    Samples y, u, v;
};

constexpr uint32_t code(char a, char b, char c, char d)
{
    return static_cast<uint32_t>(a) | static_cast<uint32_t>(b) << 8 | static_cast<uint32_t>(c) << 16 |
           static_cast<uint32_t>(d) << 24;
}

constexpr Samples none = {0, 0, 0}, plane0 = {0, 0, 1}, plane1 = {1, 0, 1}, plane2 = {2, 0, 1};
constexpr Samples first_of_two = {1, 0, 2}, second_of_two = {1, 1, 2};

/* The formats of YUV and grey that the library knows the planes of. */
constexpr Format formats[] = {
    {CAMERA_FORMAT_YUV_420_SP, plane0, second_of_two, first_of_two},
    {code('N', 'V', '2', '1'), plane0, second_of_two, first_of_two},
    {code('N', 'V', '6', '1'), plane0, second_of_two, first_of_two},
    {code('N', 'V', '4', '2'), plane0, second_of_two, first_of_two},
    {code('N', 'M', '2', '1'), plane0, second_of_two, first_of_two},
    {code('N', 'M', '6', '1'), plane0, second_of_two, first_of_two},
    {code('N', 'V', '1', '2'), plane0, first_of_two, second_of_two},
    {code('N', 'V', '1', '6'), plane0, first_of_two, second_of_two},
    {code('N', 'V', '2', '4'), plane0, first_of_two, second_of_two},
    {code('N', 'M', '1', '2'), plane0, first_of_two, second_of_two},
    {code('N', 'M', '1', '6'), plane0, first_of_two, second_of_two},
    {code('Y', 'U', '1', '2'), plane0, plane1, plane2},
    {code('4', '2', '2', 'P'), plane0, plane1, plane2},
    {code('4', '4', '4', 'P'), plane0, plane1, plane2},
    {code('Y', 'M', '1', '2'), plane0, plane1, plane2},
    {code('Y', 'M', '1', '6'), plane0, plane1, plane2},
    {code('Y', 'M', '2', '4'), plane0, plane1, plane2},
    {code('Y', 'V', '1', '2'), plane0, plane2, plane1},
    {code('Y', 'M', '2', '1'), plane0, plane2, plane1},
    {code('Y', 'M', '6', '1'), plane0, plane2, plane1},
    {code('Y', 'M', '4', '2'), plane0, plane2, plane1},
    {code('Y', 'U', 'Y', 'V'), {0, 0, 2}, {0, 1, 4}, {0, 3, 4}},
    {code('Y', 'V', 'Y', 'U'), {0, 0, 2}, {0, 3, 4}, {0, 1, 4}},
    {code('U', 'Y', 'V', 'Y'), {0, 1, 2}, {0, 0, 4}, {0, 2, 4}},
    {code('V', 'Y', 'U', 'Y'), {0, 1, 2}, {0, 2, 4}, {0, 0, 4}},
    {code('G', 'R', 'E', 'Y'), plane0, none, none},
    {code('Y', '1', '6', ' '), {0, 0, 2}, none, none},
};

const Format *find_format(uint32_t format)
{
    for (const Format &each : formats)
        if (each.fourcc == format)
            return &each;
    return nullptr;
}

int32_t color_space(const camera_frame_info &info)
{
    bool full = info.color_range == CAMERA_COLOR_RANGE_FULL;
    if (info.format == CAMERA_FORMAT_RGBA_8888)
        return CAMERA_COLOR_SPACE_SRGB_FULL;
    if (info.color_matrix == CAMERA_COLOR_MATRIX_BT709)
        return full ? CAMERA_COLOR_SPACE_BT709_FULL : CAMERA_COLOR_SPACE_BT709_LIMITED;
    return full ? CAMERA_COLOR_SPACE_SRGB_FULL : CAMERA_COLOR_SPACE_SRGB_LIMITED;
}

std::string format_name(uint32_t format)
{
    char name[16] = "";
    camera_format_name(format, name, sizeof name);
    return name;
}

bool get_plane(camera_frame *frame, uint32_t index, camera_plane *plane)
{
    *plane = CAMERA_PLANE_INIT;
    return camera_frame_get_plane(frame, index, plane) == CAMERA_OK;
}

/* All planes, in as few pieces as there can be. The distance of pixels is that of the first plane. */
bool find_whole(camera_frame *frame, const Facts &facts, Component *component)
{
    camera_plane plane;
    for (uint32_t i = 0; i < 4 && get_plane(frame, i, &plane); i++) {
        auto *data = static_cast<const uint8_t *>(plane.data);
        if (i == 0)
            component->row_stride = plane.stride;
        if (i > 0 && component->pieces.back().data + component->pieces.back().length == data)
            component->pieces.back().length += plane.length;
        else
            component->pieces.push_back({data, plane.length});
    }
    const Format *format = find_format(facts.format);
    if (format != nullptr)
        component->pixel_stride = format->u.plane == 0 && format->u.step != 0 ? 2 : format->y.step;
    else if (facts.width != 0) /* one plane of whole pixels, whose rows may have a margin: see below */
        component->pixel_stride = component->row_stride / facts.width;
    return !component->pieces.empty();
}

bool find_samples(camera_frame *frame, const Samples &samples, Component *component)
{
    camera_plane plane;
    if (!get_plane(frame, samples.plane, &plane))
        return false;
    size_t offset = samples.offset < plane.length ? samples.offset : plane.length;
    component->pieces = {{static_cast<const uint8_t *>(plane.data) + offset, plane.length - offset}};
    component->row_stride = plane.stride;
    component->pixel_stride = samples.step;
    return true;
}

} // namespace

Picture::Picture(camera_frame *taken, std::shared_ptr<std::atomic<uint32_t>> counter)
    : frame(taken), counted(std::move(counter))
{
    if (counted)
        counted->fetch_add(1, std::memory_order_relaxed);
}

Picture::Picture(camera_photo *taken) : photo(taken)
{
}

void Picture::give_back()
{
    if (frame != nullptr)
        camera_frame_release(frame);
    if (photo != nullptr)
        camera_photo_release(photo);
    if (frame != nullptr && counted)
        counted->fetch_sub(1, std::memory_order_relaxed);
    frame = nullptr;
    photo = nullptr;
}

int32_t Picture::read(Facts *facts) const
{
    int32_t result;
    if (photo != nullptr) {
        camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
        result = camera_photo_get_info(photo, &info);
        *facts = {info.format,       info.width, info.height, 0, info.sequence, info.timestamp_ns,
                  CAMERA_COLOR_SPACE_SRGB_FULL};
        return result;
    }
    camera_frame_info info = CAMERA_FRAME_INFO_INIT;
    result = camera_frame_get_info(frame, &info);
    *facts = {info.format,   info.width,        info.height,      info.flags,
              info.sequence, info.timestamp_ns, color_space(info)};
    return result;
}

bool Picture::find(int32_t kind, const Facts &facts, Component *component, std::string *why) const
{
    const Format *format = find_format(facts.format);
    if (kind == WHOLE && photo != nullptr) {
        camera_photo_info info = CAMERA_PHOTO_INFO_INIT;
        camera_photo_get_info(photo, &info);
        component->pieces = {{static_cast<const uint8_t *>(info.data), info.length}};
        return true;
    }
    if (kind == WHOLE && find_whole(frame, facts, component))
        return true;
    const Samples &samples = format == nullptr ? none : kind == YUV_Y ? format->y : kind == YUV_U ? format->u : format->v;
    if (kind != WHOLE && samples.step != 0 && frame != nullptr && find_samples(frame, samples, component))
        return true;
    *why = "an image of the format " + format_name(facts.format) + " has no such component; ComponentType.JPEG gives its bytes";
    return false;
}

} // namespace bridge
