// A disk that needs a real time to write through: fsync and fdatasync take SLOWER_US microseconds longer. To preload.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int slower(const char *name, int file) {
    struct timespec rest = {SLOWER_US / 1000000, SLOWER_US % 1000000 * 1000L};
    while (nanosleep(&rest, &rest) != 0) {
    }
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return sync(file);
}

int fsync(int file) { return slower("fsync", file); }
int fdatasync(int file) { return slower("fdatasync", file); }
