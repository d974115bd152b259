/*
 * loopback.h: writes numbered pictures to a v4l2loopback device, in a process of its own, so that a
 * program of this machine is the camera. The device hands each written picture to its readers with
 * its number from 0 on as V4L2's sequence; the picture shows the same number modulo
 * LOOPBACK_PICTURES (picture.h). Single pictures can be given faults, at numbers that are known.
 *
 * The pictures are made before the first one is written: the writer takes hardly any processor.
 * Link with libturbojpeg.
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include "picture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <linux/videodev2.h>

enum { LOOPBACK_PICTURES = 32 };

/* What is wrong with a picture. */
enum loopback_fault {
    LOOPBACK_GOOD,
    LOOPBACK_PADDED,      /* whole, with zeros behind its end, as many drivers leave them */
    LOOPBACK_NO_TABLES,   /* whole, without Huffman tables, as many cameras send it */
    LOOPBACK_CUT,         /* ends in the middle */
    LOOPBACK_CUT_AND_END, /* its second half is missing, and the end marker is there */
    LOOPBACK_DAMAGED,     /* a stretch of its compressed data is overwritten */
    LOOPBACK_NOISE,       /* no JPEG picture at all */
    LOOPBACK_EMPTY        /* no bytes */
};

static inline bool loopback_is_whole(enum loopback_fault fault)
{
    return fault <= LOOPBACK_NO_TABLES;
}

struct loopback {
    const char *device;
    uint32_t format; /* V4L2_PIX_FMT_MJPEG or V4L2_PIX_FMT_YUYV */
    uint32_t width, height, rate;
    /* What is wrong with the picture of this number. NULL: nothing ever. */
    enum loopback_fault (*fault)(uint64_t number);
    /* Write so many, and go on with the device open; 0: until ended. */
    uint64_t count;
};

struct loopback_picture {
    unsigned char *bytes;
    unsigned long length;
};

static inline void loopback_fail(const char *what)
{
    fprintf(stderr, "loopback writer: %s: %s\n", what, strerror(errno));
    _exit(1);
}

static inline struct loopback_picture loopback_make(const struct loopback *to, uint32_t number)
{
    size_t pixels = (size_t)to->width * to->height;
    unsigned char *yuv = malloc(pixels * 2);
    struct loopback_picture made = {NULL, 0};
    if (yuv == NULL)
        loopback_fail("memory");
    unsigned char *u = yuv + pixels, *v = u + pixels / 2;
    picture_draw(yuv, u, v, to->width, to->height, number);
    if (to->format == V4L2_PIX_FMT_YUYV) {
        made.length = pixels * 2;
        made.bytes = malloc(made.length);
        if (made.bytes == NULL)
            loopback_fail("memory");
        for (size_t pair = 0; pair < pixels / 2; pair++) {
            made.bytes[pair * 4] = yuv[pair * 2];
            made.bytes[pair * 4 + 1] = u[pair];
            made.bytes[pair * 4 + 2] = yuv[pair * 2 + 1];
            made.bytes[pair * 4 + 3] = v[pair];
        }
    } else {
        const unsigned char *planes[] = {yuv, u, v};
        tjhandle encoder = tjInitCompress();
        if (encoder == NULL || tjCompressFromYUVPlanes(encoder, planes, (int)to->width, NULL, (int)to->height, TJSAMP_422,
                                                       &made.bytes, &made.length, 85, 0) != 0)
            loopback_fail("encoding a picture");
        tjDestroy(encoder);
    }
    free(yuv);
    return made;
}

/* Where the compressed data of the picture's one scan begins. */
static inline size_t loopback_scan(const unsigned char *jpeg)
{
    size_t at = 2;
    while (jpeg[at + 1] != 0xda)
        at += 2 + ((size_t)jpeg[at + 2] << 8 | jpeg[at + 3]);
    return at + 2 + ((size_t)jpeg[at + 2] << 8 | jpeg[at + 3]);
}

/* Puts the picture with its fault into `out`, which is large enough; answers its length. */
static inline size_t loopback_spoil(const struct loopback_picture *picture, enum loopback_fault fault,
                                    unsigned char *out)
{
    size_t length = picture->length;
    memcpy(out, picture->bytes, length);
    switch (fault) {
    case LOOPBACK_GOOD:
        break;
    case LOOPBACK_PADDED:
        memset(out + length, 0, 4096);
        length += 4096;
        break;
    case LOOPBACK_NO_TABLES:
        for (size_t at = 2; out[at + 1] != 0xda;) {
            size_t segment = 2 + ((size_t)out[at + 2] << 8 | out[at + 3]);
            if (out[at + 1] == 0xc4) {
                memmove(out + at, out + at + segment, length - at - segment);
                length -= segment;
            } else {
                at += segment;
            }
        }
        break;
    case LOOPBACK_CUT:
        length /= 2;
        break;
    case LOOPBACK_CUT_AND_END:
        length /= 2;
        out[length - 2] = 0xff;
        out[length - 1] = 0xd9;
        break;
    case LOOPBACK_DAMAGED: {
        size_t scan = loopback_scan(out);
        /* All ones is in no table a code: decoders notice. FF 00 is the byte FF in a scan. */
        for (size_t at = scan + (length - scan) / 3, i = 0; i < 64; i++)
            out[at + i] = i % 2 ? 0x00 : 0xff;
        break;
    }
    case LOOPBACK_NOISE:
        for (size_t at = 0; at < length; at++)
            out[at] = (unsigned char)(at * 2654435761u >> 13);
        break;
    case LOOPBACK_EMPTY:
        length = 0;
        break;
    }
    return length;
}

static inline int loopback_open(const struct loopback *to)
{
    struct v4l2_capability capability;
    struct v4l2_format format;
    struct v4l2_streamparm parm;
    int type = V4L2_BUF_TYPE_VIDEO_OUTPUT, fd = open(to->device, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        loopback_fail(to->device);
    /* The driver works out only when it is asked what the device is now, and until then the kernel
       answers by what it was when another program asked. */
    if (ioctl(fd, VIDIOC_QUERYCAP, &capability) != 0)
        loopback_fail("VIDIOC_QUERYCAP");
    memset(&format, 0, sizeof format);
    format.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    format.fmt.pix.width = to->width;
    format.fmt.pix.height = to->height;
    format.fmt.pix.pixelformat = to->format;
    format.fmt.pix.field = V4L2_FIELD_NONE;
    if (ioctl(fd, VIDIOC_S_FMT, &format) != 0) {
        fprintf(stderr, "loopback writer: capabilities are %#x, of this device %#x\n", capability.capabilities,
                capability.device_caps);
        loopback_fail("VIDIOC_S_FMT");
    }
    if (format.fmt.pix.pixelformat != to->format || format.fmt.pix.width != to->width ||
        format.fmt.pix.height != to->height) {
        errno = EBUSY;
        loopback_fail("VIDIOC_S_FMT gives another format, so another program writes or reads");
    }
    memset(&parm, 0, sizeof parm);
    parm.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    parm.parm.output.timeperframe.numerator = 1;
    parm.parm.output.timeperframe.denominator = to->rate;
    if (ioctl(fd, VIDIOC_S_PARM, &parm) != 0)
        loopback_fail("VIDIOC_S_PARM");
    /* From now on the device is a camera. */
    if (ioctl(fd, VIDIOC_STREAMON, &type) != 0)
        loopback_fail("VIDIOC_STREAMON");
    return fd;
}

/* A program that only writes, and never says VIDIOC_STREAMON, leaves a device that no other program can
 * write to (seen with 0.12.7: writing takes the capability away, and only the end of one that streams
 * gives it back). This is one that streams. */
static inline void loopback_mend(const char *device)
{
    int type = V4L2_BUF_TYPE_VIDEO_OUTPUT, fd = open(device, O_RDWR | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, VIDIOC_STREAMON, &type) != 0 || ioctl(fd, VIDIOC_STREAMOFF, &type) != 0)
        perror("loopback: it stays as it is");
    if (fd >= 0)
        close(fd);
}

/* The process that writes. */
struct loopback_writer {
    pid_t process;
    int go;
};

static inline void loopback_write(const struct loopback *to, int ready, int go)
{
    struct loopback_picture pictures[LOOPBACK_PICTURES];
    size_t largest = 0;
    for (uint32_t i = 0; i < LOOPBACK_PICTURES; i++) {
        pictures[i] = loopback_make(to, i);
        largest = pictures[i].length > largest ? pictures[i].length : largest;
    }
    unsigned char *scratch = malloc(largest + 4096);
    int fd = loopback_open(to);
    struct timespec due;
    char byte;
    if (scratch == NULL)
        loopback_fail("memory");
    if (write(ready, "", 1) != 1)
        loopback_fail("telling that the device is a camera");
    if (read(go, &byte, 1) != 1)
        _exit(0); /* ended before it began */
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (uint64_t number = 0; to->count == 0 || number < to->count; number++) {
        const struct loopback_picture *picture = &pictures[number % LOOPBACK_PICTURES];
        enum loopback_fault fault = to->fault ? to->fault(number) : LOOPBACK_GOOD;
        const unsigned char *bytes = picture->bytes;
        size_t length = picture->length;
        if (fault != LOOPBACK_GOOD) {
            length = loopback_spoil(picture, fault, scratch);
            bytes = scratch;
        }
        if (write(fd, bytes, length) != (ssize_t)length)
            loopback_fail("writing a picture");
        /* Never two at once: a reader that is late by more than two is made to skip. */
        struct timespec now, next = due;
        next.tv_nsec += 1000000000L / to->rate;
        next.tv_sec += next.tv_nsec / 1000000000L;
        next.tv_nsec %= 1000000000L;
        clock_gettime(CLOCK_MONOTONIC, &now);
        due = next.tv_sec > now.tv_sec || (next.tv_sec == now.tv_sec && next.tv_nsec > now.tv_nsec) ? next : now;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
            ;
    }
    for (;;)
        pause();
}

/* Makes the device a camera, which gives no picture before loopback_go(). False: it could not, and
 * said why. */
static inline bool loopback_start(struct loopback_writer *writer, const struct loopback *to)
{
    int ready[2], go[2];
    char byte;
    if (pipe(ready) != 0 || pipe(go) != 0)
        return false;
    writer->process = fork();
    if (writer->process == 0) {
        /* Not longer than the test, even if that is killed. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ready[0]);
        close(go[1]);
        loopback_write(to, ready[1], go[0]);
        _exit(1);
    }
    close(ready[1]);
    close(go[0]);
    writer->go = go[1];
    bool begun = writer->process > 0 && read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    if (!begun) {
        close(go[1]);
        if (writer->process > 0)
            waitpid(writer->process, NULL, 0);
    }
    return begun;
}

/* The pictures flow from now on. The driver up to 0.12.7 at least wakes an epoll only if no picture
 * was there when the device was put into it (its poll function waits for nothing when there is), so
 * the reader has to be there first. */
static inline bool loopback_go(const struct loopback_writer *writer)
{
    return write(writer->go, "", 1) == 1;
}

/* Ends it as abruptly as an unplugged cable does. */
static inline void loopback_end(const struct loopback_writer *writer)
{
    close(writer->go);
    kill(writer->process, SIGKILL);
    waitpid(writer->process, NULL, 0);
}

#endif
