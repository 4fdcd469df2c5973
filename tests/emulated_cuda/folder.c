/*
 * folder.c - a folder of the process for sources, objects and modules.
 */
#include "calls.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[4096];
static pid_t owner; /* a forked child leaves the folder alone */

const char *folder_of_process(void)
{
    if (folder[0] && owner == getpid())
        return folder;
    const char *where = getenv("TMPDIR");
    int n = snprintf(folder, sizeof folder, "%s/emulated-cuda-XXXXXX", where ? where : "/tmp");
    if (n < 0 || (size_t)n >= sizeof folder || !mkdtemp(folder)) {
        folder[0] = 0;
        return NULL;
    }
    owner = getpid();
    return folder;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

__attribute__((destructor)) static void remove_folder(void)
{
    if (folder[0] && owner == getpid())
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
