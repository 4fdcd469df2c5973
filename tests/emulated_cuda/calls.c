/*
 * calls.c - counting and refusing calls; one call at a time runs in a library.
 */
#include "calls.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define CALL_NAME(result, name, parameters) #name,
static const char *const names[] = {EMULATED_ROWS(CALL_NAME)};

static struct {
    long calls;
    long refuse_at; /* the call of this number fails; 0: none */
    bool for_good;
    int error;
} functions[N_CALLS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int number_of(const char *name)
{
    for (int i = 0; i < N_CALLS; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

long long setting(const char *name, long long otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoll(text, NULL, 0) : otherwise;
}

static bool refuse(const char *function, long nth, int error, bool for_good)
{
    int i = number_of(function);
    if (i < 0)
        return false;
    functions[i].refuse_at = functions[i].calls + nth;
    functions[i].error = error;
    functions[i].for_good = for_good;
    return true;
}

/* EMULATED_CUDA_FAIL=cuLaunchKernel:3:700,cuMemAllocAsync:1:2+ : name, which call, result; + is for
 * good. Names of the other library are its own. */
static void read_environment(void)
{
    const char *text = getenv("EMULATED_CUDA_FAIL");
    char *copy = text ? strdup(text) : NULL, *rest = NULL;
    for (char *item = copy ? strtok_r(copy, ",", &rest) : NULL; item;
         item = strtok_r(NULL, ",", &rest)) {
        char *end = strchr(item, ':');
        if (!end)
            continue;
        *end = 0;
        long nth = strtol(end + 1, &end, 10);
        long error = *end == ':' ? strtol(end + 1, &end, 10) : 999;
        refuse(item, nth, (int)error, *end == '+');
    }
    free(copy);
}

struct call call_begin(int function)
{
    pthread_once(&once, read_environment);
    pthread_mutex_lock(&lock);
    long n = ++functions[function].calls, at = functions[function].refuse_at;
    bool refused = at && (functions[function].for_good ? n >= at : n == at);
    return (struct call){refused ? functions[function].error : 0};
}

void call_end(struct call *call)
{
    (void)call;
    pthread_mutex_unlock(&lock);
}

bool emulated_cuda_fail(const char *function, int nth, int error, bool for_good)
{
    pthread_once(&once, read_environment);
    pthread_mutex_lock(&lock);
    bool known = true;
    if (function)
        known = refuse(function, nth, error, for_good);
    for (int i = 0; !function && i < N_CALLS; i++)
        functions[i].refuse_at = 0;
    pthread_mutex_unlock(&lock);
    return known;
}

long emulated_cuda_count(const char *function)
{
    int i = function ? number_of(function) : 0;
    if (i < 0)
        return -1;
    pthread_mutex_lock(&lock);
    long n = function ? functions[i].calls : 0;
    for (; !function && i < N_CALLS; i++)
        n += functions[i].calls;
    pthread_mutex_unlock(&lock);
    return n;
}
