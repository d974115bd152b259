/*
 * t_look.h: what is to be seen of a control in the frames of a surface (YUYV): how bright they are, of
 * what colour, how sharp, how much of the scene they show, and which way round.
 */
#ifndef T_LOOK_H
#define T_LOOK_H

#include "t_rig.h"

#include <math.h>

enum t_effect {
    T_NOTHING, /* nothing is to be seen of it */
    T_BRIGHTER,
    T_WARMER,
    T_BLUER,
    T_GREYER,
    T_BLURRED,
    T_NEARER, /* a smaller part */
    T_MIRRORED,
    T_STEADY /* what would be seen of something else is not */
};

/* What is measured for an effect; what is printed with it, too. */
static inline const char *t_effect_name(enum t_effect effect)
{
    static const char *const names[] = {"-",           "brightness", "red - blue",   "red - blue", "colourfulness",
                                        "steepest edge", "edges",      "left - right", "brightness"};
    return names[effect];
}

/* Of a picture in YUYV, without its top, where virtual cameras have their numbers. */
static inline double t_look(camera_frame *frame, enum t_effect effect)
{
    camera_frame_info info = t_info(frame);
    camera_plane plane = CAMERA_PLANE_INIT;
    double light = 0, warmth = 0, colour = 0, steps = 0, tilt = 0;
    long count = 0, rows = 0, edges = 0;
    OK(camera_frame_get_plane(frame, 0, &plane));
    CHECK_EQ(info.format, T_YUYV);
    for (uint32_t y = info.height / 4; y < info.height; y += 8) {
        const unsigned char *row = (const unsigned char *)plane.data + (size_t)y * plane.stride;
        int steepest = 0;
        for (uint32_t x = 0; x + 2 < info.width; x += 2, count++) {
            const unsigned char *pair = row + (size_t)x * 2;
            int step = pair[4] - pair[0];
            light += pair[0];
            warmth += pair[3] - pair[1];
            colour += abs(pair[1] - 128) + abs(pair[3] - 128);
            steepest = abs(step) > steepest ? abs(step) : steepest;
            tilt += x < info.width / 2 ? pair[0] : -pair[0];
        }
        steps += steepest;
        rows++;
    }
    /* One row is enough where bars are upright; a part of the picture has fewer of them. */
    const unsigned char *row = (const unsigned char *)plane.data + (size_t)(info.height / 2) * plane.stride;
    for (uint32_t x = 8; x < info.width; x += 8)
        edges += abs(row[(size_t)x * 2] - row[(size_t)x * 2 - 16]) > 12;
    switch (effect) {
    case T_WARMER:
    case T_BLUER: return warmth / (double)count;
    case T_GREYER: return colour / (double)count;
    case T_BLURRED: return steps / (double)rows;
    case T_NEARER: return (double)edges;
    case T_MIRRORED: return tilt / (double)count;
    default: return light / (double)count;
    }
}

static inline bool t_is_seen(enum t_effect effect, double before, double after)
{
    switch (effect) {
    case T_BRIGHTER: return after > before * 1.15 + 2;
    case T_WARMER: return after > before + 4;
    case T_BLUER: return after < before - 4;
    case T_GREYER: return after < before * 0.6;
    case T_BLURRED: return after < before * 0.8;
    case T_NEARER: return after < before * 0.7;
    case T_MIRRORED: return before * after < 0;
    case T_STEADY: return fabs(after - before) < 3;
    default: return true;
    }
}

/* The next frame's. */
static inline double t_look_now(camera_surface *surface, enum t_effect effect)
{
    camera_frame *frame = t_frame(surface);
    double look = t_look(frame, effect);
    OK(camera_frame_release(frame));
    return look;
}

/* Looks at frames until the effect is seen, behind those that waited; the last look. */
static inline double t_look_for(camera_surface *surface, enum t_effect effect, double before)
{
    double after = before;
    for (int i = 0; i < 90; i++) {
        after = t_look_now(surface, effect);
        if (effect == T_STEADY ? i >= 15 : t_is_seen(effect, before, after))
            break;
    }
    return after;
}

#endif
