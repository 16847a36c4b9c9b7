/*
 * A wall clock that can be set while the process runs. Preloaded into a dynamically linked program, it stands in for the
 * C library's functions that tell the time of day and adds an offset, which it reads from a file that both sides have
 * mapped. The monotonic clock is left alone.
 *
 * It asks the kernel directly: looking up the C library's own functions may allocate memory, and some allocators ask for
 * the time before they are ready.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The first number is the offset in nanoseconds; the second is set to 1 by whoever has mapped the file. */
static volatile int64_t *shared;

__attribute__((constructor)) static void map_shared(void) {
    const char *file = getenv("HOLDFAST_WALL_CLOCK");
    int descriptor = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *memory = mmap(NULL, 2 * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (memory == MAP_FAILED) return;
    shared = memory;
    shared[1] = 1;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && shared && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        const int64_t second = 1000000000;
        int64_t nanos = now->tv_sec * second + now->tv_nsec + shared[0];
        now->tv_sec = nanos / second;
        now->tv_nsec = nanos % second;
    }
    return result;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec exact;
    if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return (time_t)-1;
    if (result) *result = exact.tv_sec;
    return exact.tv_sec;
}
