/*
 * picture.h: pictures with a number that can be read from their pixels, as virtual cameras draw
 * them (src/backend/virtual_camera/pattern.rs): 40 cells along the top edge, 1010, 32 bits from the
 * highest on, 4 bits of check. Pictures that are made here have the same number along the bottom
 * edge too, so that a picture of which only the beginning was decoded can be told.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { PICTURE_CELLS = 40 };

/* Luma that lies in memory: of planes (step 1), or among the bytes of packed pixels. */
struct picture_luma {
    const unsigned char *bytes;
    size_t stride, step;
    uint32_t width, height;
};

static inline uint64_t picture_cells(uint32_t number)
{
    uint32_t check = 5;
    for (int nibble = 0; nibble < 8; nibble++)
        check ^= number >> (4 * nibble) & 15;
    return UINT64_C(10) << 36 | (uint64_t)number << 4 | check;
}

/* The number in the cells along the top edge, or the bottom edge; -1: none is readable. */
static inline int64_t picture_number(struct picture_luma luma, bool bottom)
{
    uint32_t middle = luma.width / (2 * PICTURE_CELLS);
    size_t y = bottom ? luma.height - 1 - middle : middle;
    uint64_t cells = 0;
    for (uint32_t cell = 0; cell < PICTURE_CELLS; cell++) {
        size_t x = (size_t)(2 * cell + 1) * luma.width / (2 * PICTURE_CELLS);
        cells = cells << 1 | (luma.bytes[y * luma.stride + x * luma.step] > 128);
    }
    uint32_t number = (uint32_t)(cells >> 4);
    return cells == picture_cells(number) ? (int64_t)number : -1;
}

/* Fills planes of 4:2:2 (chroma half as wide as luma) with a picture that compresses about as a
 * camera's does: bars of colour, ramps, and fine grain. The width must be even. */
static inline void picture_draw(unsigned char *y, unsigned char *u, unsigned char *v, uint32_t width,
                                uint32_t height, uint32_t number)
{
    uint32_t cell = width / PICTURE_CELLS, grain = 1;
    uint64_t cells = picture_cells(number);
    for (uint32_t row = 0; row < height; row++) {
        bool coded = row < cell || row >= height - cell;
        for (uint32_t x = 0; x < width; x++) {
            grain = grain * 1664525 + 1013904223;
            uint32_t bit = PICTURE_CELLS - 1 - (x / cell < PICTURE_CELLS ? x / cell : PICTURE_CELLS - 1);
            y[(size_t)row * width + x] =
                coded ? (cells >> bit & 1 ? 235 : 16)
                      : (unsigned char)(40 + (x * 120 / width + row * 60 / height) + (grain >> 28));
        }
        for (uint32_t x = 0; x < width / 2; x++) {
            uint32_t bar = x * 16 / width;
            u[(size_t)row * (width / 2) + x] = coded ? 128 : (unsigned char)(96 + bar * 8);
            v[(size_t)row * (width / 2) + x] = coded ? 128 : (unsigned char)(160 - bar * 8);
        }
    }
}

#endif
