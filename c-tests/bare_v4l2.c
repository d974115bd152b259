/*
 * A bare V4L2 capture loop without any library: open, S_FMT, S_PARM, REQBUFS, mmap, QBUF,
 * STREAMON, poll, DQBUF. Its numbers are the yardstick for the library's own: whatever the
 * library needs beyond them, in time to the first frame or in CPU per frame, is its overhead.
 *
 * Prints one line of key=value results and returns 0; 1 when the device fails, 2 on wrong usage.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <linux/videodev2.h>

#define WANTED_BUFFERS 4
#define FRAME_TIMEOUT_MS 10000

struct options {
    const char *device;
    const char *format; /* four characters */
    uint32_t width;
    uint32_t height;
    uint32_t frames;
    uint32_t rate; /* frames per second; 0: leave the driver's */
};

struct capture {
    int fd;
    int type;
    int mplane;
    uint32_t planes;
    uint32_t width;
    uint32_t height;
};

struct result {
    double first_frame_ms;
    double fps;
    double cpu_us_per_frame;
    uint64_t lost;
    uint32_t errors; /* frames that the driver marked as damaged */
    uint32_t first_sequence;
    uint32_t last_sequence;
};

static int failed(const char *what)
{
    fprintf(stderr, "bare_v4l2: %s: %s\n", what, strerror(errno));
    return -1;
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* The plane array has to live as long as the buffer is used, so the caller owns both. */
static void prepare(const struct capture *cap, struct v4l2_buffer *buffer,
                    struct v4l2_plane *planes, uint32_t index)
{
    memset(buffer, 0, sizeof *buffer);
    buffer->type = (uint32_t)cap->type;
    buffer->memory = V4L2_MEMORY_MMAP;
    buffer->index = index;
    if (cap->mplane) {
        memset(planes, 0, sizeof *planes * VIDEO_MAX_PLANES);
        buffer->m.planes = planes;
        buffer->length = VIDEO_MAX_PLANES;
    }
}

static int open_device(struct capture *cap, const struct options *opt)
{
    struct v4l2_capability caps;
    uint32_t flags;

    cap->fd = open(opt->device, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (cap->fd == -1)
        return failed(opt->device);
    memset(&caps, 0, sizeof caps);
    if (ioctl(cap->fd, VIDIOC_QUERYCAP, &caps) == -1)
        return failed("VIDIOC_QUERYCAP");
    flags = caps.capabilities & V4L2_CAP_DEVICE_CAPS ? caps.device_caps : caps.capabilities;
    if (!(flags & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE))) {
        errno = ENODEV;
        return failed("not a capture device");
    }
    cap->mplane = !(flags & V4L2_CAP_VIDEO_CAPTURE);
    cap->type = cap->mplane ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return 0;
}

static int set_format(struct capture *cap, const struct options *opt)
{
    struct v4l2_format format;
    struct v4l2_streamparm parm;
    const char *name = opt->format;
    uint32_t fourcc = v4l2_fourcc(name[0], name[1], name[2], name[3]);

    /* pix and pix_mp are a union whose ABI puts width, height and format in the same place. */
    memset(&format, 0, sizeof format);
    format.type = (uint32_t)cap->type;
    format.fmt.pix.width = opt->width;
    format.fmt.pix.height = opt->height;
    format.fmt.pix.pixelformat = fourcc;
    if (ioctl(cap->fd, VIDIOC_S_FMT, &format) == -1)
        return failed("VIDIOC_S_FMT");
    cap->width = format.fmt.pix.width;
    cap->height = format.fmt.pix.height;
    cap->planes = cap->mplane ? format.fmt.pix_mp.num_planes : 1;
    /* Another size is printed and left to the reader; another format is another measurement. */
    if (format.fmt.pix.pixelformat != fourcc) {
        errno = EINVAL;
        return failed("the device does not offer this format");
    }

    if (opt->rate == 0)
        return 0;
    memset(&parm, 0, sizeof parm);
    parm.type = (uint32_t)cap->type;
    parm.parm.capture.timeperframe.numerator = 1;
    parm.parm.capture.timeperframe.denominator = opt->rate;
    if (ioctl(cap->fd, VIDIOC_S_PARM, &parm) == -1)
        return failed("VIDIOC_S_PARM");
    return 0;
}

/* The mappings are left to the end of the process: no frame is looked at, so nothing needs them,
 * but making them is part of a real start. */
static int map_buffers(struct capture *cap)
{
    struct v4l2_requestbuffers request;
    uint32_t index, plane;

    memset(&request, 0, sizeof request);
    request.count = WANTED_BUFFERS;
    request.type = (uint32_t)cap->type;
    request.memory = V4L2_MEMORY_MMAP;
    if (ioctl(cap->fd, VIDIOC_REQBUFS, &request) == -1)
        return failed("VIDIOC_REQBUFS");

    for (index = 0; index < request.count; index++) {
        struct v4l2_buffer buffer;
        struct v4l2_plane planes[VIDEO_MAX_PLANES];

        prepare(cap, &buffer, planes, index);
        if (ioctl(cap->fd, VIDIOC_QUERYBUF, &buffer) == -1)
            return failed("VIDIOC_QUERYBUF");
        for (plane = 0; plane < cap->planes; plane++) {
            size_t length = cap->mplane ? planes[plane].length : buffer.length;
            uint32_t offset = cap->mplane ? planes[plane].m.mem_offset : buffer.m.offset;

            if (mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, cap->fd, (off_t)offset)
                == MAP_FAILED)
                return failed("mmap");
        }
        if (ioctl(cap->fd, VIDIOC_QBUF, &buffer) == -1)
            return failed("VIDIOC_QBUF");
    }
    return 0;
}

static int capture_frames(struct capture *cap, const struct options *opt, double opened,
                          struct result *out)
{
    double first = 0, last = 0, first_cpu = 0, last_cpu = 0;
    uint32_t done = 0;

    if (ioctl(cap->fd, VIDIOC_STREAMON, &cap->type) == -1)
        return failed("VIDIOC_STREAMON");

    while (done < opt->frames) {
        struct pollfd ready = { cap->fd, POLLIN, 0 };
        struct v4l2_buffer buffer;
        struct v4l2_plane planes[VIDEO_MAX_PLANES];
        int count = poll(&ready, 1, FRAME_TIMEOUT_MS);

        if (count == 0)
            errno = ETIMEDOUT;
        if (count <= 0)
            return failed("poll");

        prepare(cap, &buffer, planes, 0);
        if (ioctl(cap->fd, VIDIOC_DQBUF, &buffer) == -1) {
            if (errno == EAGAIN)
                continue;
            return failed("VIDIOC_DQBUF");
        }

        last = now_ms();
        if (done == 0) {
            first = last;
            first_cpu = cpu_us();
            out->first_sequence = buffer.sequence;
        } else {
            /* Unsigned, so that a sequence number that wraps around is not a gap. */
            out->lost += (uint32_t)(buffer.sequence - out->last_sequence - 1);
        }
        out->last_sequence = buffer.sequence;
        if (buffer.flags & V4L2_BUF_FLAG_ERROR)
            out->errors++;
        done++;

        if (ioctl(cap->fd, VIDIOC_QBUF, &buffer) == -1)
            return failed("VIDIOC_QBUF");
    }
    last_cpu = cpu_us();

    /* The first frame carries the start-up, so rate and CPU time count from it on. */
    out->first_frame_ms = first - opened;
    if (done > 1) {
        out->fps = (done - 1) * 1e3 / (last - first);
        out->cpu_us_per_frame = (last_cpu - first_cpu) / (done - 1);
    }
    return 0;
}

static int parse_options(int argc, char **argv, struct options *opt)
{
    int letter, bad = 0;

    while ((letter = getopt(argc, argv, "d:f:w:h:n:r:")) != -1) {
        switch (letter) {
        case 'd': opt->device = optarg; break;
        case 'f': opt->format = optarg; break;
        case 'w': opt->width = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'h': opt->height = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'n': opt->frames = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'r': opt->rate = (uint32_t)strtoul(optarg, NULL, 10); break;
        default: bad = 1; break;
        }
    }
    return bad || optind != argc || opt->frames == 0 || strlen(opt->format) != 4 ? -1 : 0;
}

int main(int argc, char **argv)
{
    struct capture cap;
    struct options opt = { "/dev/video0", "YUYV", 640, 480, 60, 0 };
    struct result result;
    double opened;
    int status;

    if (parse_options(argc, argv, &opt) == -1) {
        fprintf(stderr, "usage: %s [-d DEVICE] [-f FOURCC] [-w WIDTH] [-h HEIGHT] "
                        "[-n FRAMES] [-r FRAMES_PER_SECOND]\n", argv[0]);
        return 2;
    }

    memset(&cap, 0, sizeof cap);
    memset(&result, 0, sizeof result);
    cap.fd = -1;
    opened = now_ms();
    status = open_device(&cap, &opt);
    if (status == 0)
        status = set_format(&cap, &opt);
    if (status == 0)
        status = map_buffers(&cap);
    if (status == 0)
        status = capture_frames(&cap, &opt, opened, &result);
    if (cap.fd != -1) {
        ioctl(cap.fd, VIDIOC_STREAMOFF, &cap.type);
        close(cap.fd);
    }
    if (status != 0)
        return 1;

    printf("device=%s api=%s format=%s width=%" PRIu32 " height=%" PRIu32 " frames=%" PRIu32
           " first_frame_ms=%.2f fps=%.2f lost=%" PRIu64 " errors=%" PRIu32
           " cpu_us_per_frame=%.1f first_sequence=%" PRIu32 " last_sequence=%" PRIu32 "\n",
           opt.device, cap.mplane ? "mplane" : "single", opt.format, cap.width,
           cap.height, opt.frames, result.first_frame_ms, result.fps, result.lost, result.errors,
           result.cpu_us_per_frame, result.first_sequence, result.last_sequence);
    return 0;
}
