/* Preloaded into redis-server or the host: what the wall clock says and what the disk answers is ordered from outside,
   through a file both sides have mapped. Monotonic clocks are left alone, as a jump of the wall clock leaves them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct orders {
    int64_t shift_ns;    /* added to the wall clock */
    int64_t shifted;     /* how often a shifted time was told */
    int64_t write_errno; /* what writing to a file fails with; 0 lets it through */
    int64_t sync_errno;  /* what fsync and fdatasync fail with */
    int64_t failed;      /* how often one of them failed */
};

static volatile struct orders *orders;

__attribute__((constructor)) static void take_orders(void) {
    const char *path = getenv("CHAOS_ORDERS");
    if (!path) return;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) abort();
    void *mapped = mmap(NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) abort();
    close(file);
    orders = mapped;
}

static int is_wall(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result != 0 || !orders || !is_wall(clock) || orders->shift_ns == 0) return result;
    int64_t shifted = (int64_t)now->tv_sec * 1000000000 + now->tv_nsec + orders->shift_ns;
    now->tv_sec = shifted / 1000000000;
    now->tv_nsec = shifted % 1000000000;
    __atomic_add_fetch(&orders->shifted, 1, __ATOMIC_RELAXED);
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return (time_t)-1;
    if (now) *now = precise.tv_sec;
    return precise.tv_sec;
}

static int fails(int64_t error) {
    if (error == 0) return 0;
    __atomic_add_fetch(&orders->failed, 1, __ATOMIC_RELAXED);
    errno = (int)error;
    return 1;
}

static int write_fails(int file) {
    struct stat facts;
    if (!orders || orders->write_errno == 0) return 0;
    return fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) && fails(orders->write_errno);
}

ssize_t write(int file, const void *bytes, size_t count) {
    return write_fails(file) ? -1 : syscall(SYS_write, file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return write_fails(file) ? -1 : syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) {
    return pwrite(file, bytes, count, offset);
}

int fsync(int file) {
    return orders && fails(orders->sync_errno) ? -1 : (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    return orders && fails(orders->sync_errno) ? -1 : (int)syscall(SYS_fdatasync, file);
}
