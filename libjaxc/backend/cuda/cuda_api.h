/*
 * cuda_api.h - what is used of NVIDIA's driver (libcuda.so.1) and of NVRTC (libnvrtc.so): own
 * declarations, so that no toolkit is needed to build.
 *
 * Functions are rows of a table: name, result and parameters as exported, version suffix included.
 * tests/check_cuda_api.sh compares all of it with the toolkit's headers (cuda.h and nvrtc.h, CUDA
 * 12 and 13), wherever they are.
 */
#ifndef JX_CUDA_API_H
#define JX_CUDA_API_H

#include <stddef.h>
#include <stdint.h>

/* Handles. A device is a number, a pointer to device memory too. */
typedef int jx_cuda_device;
typedef unsigned long long jx_cuda_ptr;
typedef struct CUctx_st *jx_cuda_context;
typedef struct CUmod_st *jx_cuda_module;
typedef struct CUfunc_st *jx_cuda_function;
typedef struct CUkern_st *jx_cuda_kernel;
typedef struct CUstream_st *jx_cuda_stream;
typedef struct CUevent_st *jx_cuda_event;
typedef struct CUmemPoolHandle_st *jx_cuda_pool;
typedef struct CUarray_st *jx_cuda_array;
typedef struct CUgraph_st *jx_cuda_graph;
typedef struct CUgraphNode_st *jx_cuda_graph_node;
typedef struct CUgraphExec_st *jx_cuda_graph_exec;
typedef struct _nvrtcProgram *jx_nvrtc_program;

/* Results: ROW(name, number). */
#define JX_CUDA_RESULTS(ROW)                                                                       \
    ROW(CUDA_SUCCESS, 0)                                                                           \
    ROW(CUDA_ERROR_INVALID_VALUE, 1)                                                               \
    ROW(CUDA_ERROR_OUT_OF_MEMORY, 2)                                                               \
    ROW(CUDA_ERROR_NOT_INITIALIZED, 3)                                                             \
    ROW(CUDA_ERROR_DEINITIALIZED, 4)                                                               \
    ROW(CUDA_ERROR_STUB_LIBRARY, 34)                                                               \
    ROW(CUDA_ERROR_NO_DEVICE, 100)                                                                 \
    ROW(CUDA_ERROR_INVALID_DEVICE, 101)                                                            \
    ROW(CUDA_ERROR_INVALID_IMAGE, 200)                                                             \
    ROW(CUDA_ERROR_INVALID_CONTEXT, 201)                                                           \
    ROW(CUDA_ERROR_NO_BINARY_FOR_GPU, 209)                                                         \
    ROW(CUDA_ERROR_ECC_UNCORRECTABLE, 214)                                                         \
    ROW(CUDA_ERROR_INVALID_HANDLE, 400)                                                            \
    ROW(CUDA_ERROR_NOT_FOUND, 500)                                                                 \
    ROW(CUDA_ERROR_NOT_READY, 600)                                                                 \
    ROW(CUDA_ERROR_ILLEGAL_ADDRESS, 700)                                                           \
    ROW(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, 701)                                                   \
    ROW(CUDA_ERROR_LAUNCH_TIMEOUT, 702)                                                            \
    ROW(CUDA_ERROR_ASSERT, 710)                                                                    \
    ROW(CUDA_ERROR_ILLEGAL_INSTRUCTION, 715)                                                       \
    ROW(CUDA_ERROR_MISALIGNED_ADDRESS, 716)                                                        \
    ROW(CUDA_ERROR_LAUNCH_FAILED, 719)                                                             \
    ROW(CUDA_ERROR_NOT_SUPPORTED, 801)                                                             \
    ROW(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, 803)                                                    \
    ROW(CUDA_ERROR_UNKNOWN, 999)

#define JX_NVRTC_RESULTS(ROW)                                                                      \
    ROW(NVRTC_SUCCESS, 0)                                                                          \
    ROW(NVRTC_ERROR_OUT_OF_MEMORY, 1)                                                              \
    ROW(NVRTC_ERROR_PROGRAM_CREATION_FAILURE, 2)                                                   \
    ROW(NVRTC_ERROR_INVALID_INPUT, 3)                                                              \
    ROW(NVRTC_ERROR_INVALID_PROGRAM, 4)                                                            \
    ROW(NVRTC_ERROR_INVALID_OPTION, 5)                                                             \
    ROW(NVRTC_ERROR_COMPILATION, 6)                                                                \
    ROW(NVRTC_ERROR_BUILTIN_OPERATION_FAILURE, 7)                                                  \
    ROW(NVRTC_ERROR_INTERNAL_ERROR, 11)

/* Attributes of a device. */
#define JX_CUDA_DEVICE_ATTRIBUTES(ROW)                                                             \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 1)                                              \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X, 2)                                                    \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y, 3)                                                    \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z, 4)                                                    \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X, 5)                                                     \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y, 6)                                                     \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z, 7)                                                     \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK, 8)                                        \
    ROW(CU_DEVICE_ATTRIBUTE_WARP_SIZE, 10)                                                         \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK, 12)                                           \
    ROW(CU_DEVICE_ATTRIBUTE_CLOCK_RATE, 13)                                                        \
    ROW(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 16)                                              \
    ROW(CU_DEVICE_ATTRIBUTE_INTEGRATED, 18)                                                        \
    ROW(CU_DEVICE_ATTRIBUTE_COMPUTE_MODE, 20)                                                      \
    ROW(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, 36)                                                 \
    ROW(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, 37)                                           \
    ROW(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 38)                                                     \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, 39)                                    \
    ROW(CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT, 40)                                                \
    ROW(CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING, 41)                                                \
    ROW(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 75)                                          \
    ROW(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, 76)                                          \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, 81)                              \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR, 82)                                  \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, 97)                                 \
    ROW(CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR, 106)                                    \
    ROW(CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED, 115)

#define JX_CUDA_FUNCTION_ATTRIBUTES(ROW)                                                           \
    ROW(CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, 0)                                                \
    ROW(CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, 1)                                                    \
    ROW(CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES, 2)                                                     \
    ROW(CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, 3)                                                     \
    ROW(CU_FUNC_ATTRIBUTE_NUM_REGS, 4)                                                             \
    ROW(CU_FUNC_ATTRIBUTE_PTX_VERSION, 5)                                                          \
    ROW(CU_FUNC_ATTRIBUTE_BINARY_VERSION, 6)                                                       \
    ROW(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 8)                                        \
    ROW(CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, 9)

#define JX_CUDA_POOL_ATTRIBUTES(ROW)                                                               \
    ROW(CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES, 1)                                        \
    ROW(CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC, 2)                                              \
    ROW(CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES, 3)                                      \
    ROW(CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, 4)                                                      \
    ROW(CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT, 5)                                                   \
    ROW(CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH, 6)                                                      \
    ROW(CU_MEMPOOL_ATTR_USED_MEM_CURRENT, 7)                                                       \
    ROW(CU_MEMPOOL_ATTR_USED_MEM_HIGH, 8)

#define JX_CUDA_MEMORY_TYPES(ROW)                                                                  \
    ROW(CU_MEMORYTYPE_HOST, 1)                                                                     \
    ROW(CU_MEMORYTYPE_DEVICE, 2)

/* Bits of the flags that functions take as plain numbers. */
#define JX_CUDA_FLAGS(ROW)                                                                         \
    ROW(CU_STREAM_NON_BLOCKING, 1)                                                                 \
    ROW(CU_EVENT_DISABLE_TIMING, 2)                                                                \
    ROW(CU_MEMHOSTALLOC_PORTABLE, 1)

#define JX_CUDA_ENUMERATOR(name, number) JX_##name = number,
typedef enum { JX_CUDA_RESULTS(JX_CUDA_ENUMERATOR) } jx_cuda_result;
typedef enum { JX_NVRTC_RESULTS(JX_CUDA_ENUMERATOR) } jx_nvrtc_result;
typedef enum { JX_CUDA_DEVICE_ATTRIBUTES(JX_CUDA_ENUMERATOR) } jx_cuda_device_attribute;
typedef enum { JX_CUDA_FUNCTION_ATTRIBUTES(JX_CUDA_ENUMERATOR) } jx_cuda_function_attribute;
typedef enum { JX_CUDA_POOL_ATTRIBUTES(JX_CUDA_ENUMERATOR) } jx_cuda_pool_attribute;
typedef enum { JX_CUDA_MEMORY_TYPES(JX_CUDA_ENUMERATOR) } jx_cuda_memory_type;
enum { JX_CUDA_FLAGS(JX_CUDA_ENUMERATOR) };

/* Structs: ROW(type, name) for each member, in order; names are the toolkit's. */
#define JX_CUDA_MEMCPY3D(ROW)                                                                      \
    ROW(size_t, srcXInBytes)                                                                       \
    ROW(size_t, srcY)                                                                              \
    ROW(size_t, srcZ)                                                                              \
    ROW(size_t, srcLOD)                                                                            \
    ROW(jx_cuda_memory_type, srcMemoryType)                                                        \
    ROW(const void *, srcHost)                                                                     \
    ROW(jx_cuda_ptr, srcDevice)                                                                    \
    ROW(jx_cuda_array, srcArray)                                                                   \
    ROW(void *, reserved0)                                                                         \
    ROW(size_t, srcPitch)                                                                          \
    ROW(size_t, srcHeight)                                                                         \
    ROW(size_t, dstXInBytes)                                                                       \
    ROW(size_t, dstY)                                                                              \
    ROW(size_t, dstZ)                                                                              \
    ROW(size_t, dstLOD)                                                                            \
    ROW(jx_cuda_memory_type, dstMemoryType)                                                        \
    ROW(void *, dstHost)                                                                           \
    ROW(jx_cuda_ptr, dstDevice)                                                                    \
    ROW(jx_cuda_array, dstArray)                                                                   \
    ROW(void *, reserved1)                                                                         \
    ROW(size_t, dstPitch)                                                                          \
    ROW(size_t, dstHeight)                                                                         \
    ROW(size_t, WidthInBytes)                                                                      \
    ROW(size_t, Height)                                                                            \
    ROW(size_t, Depth)

#define JX_CUDA_MEMSET_NODE(ROW)                                                                   \
    ROW(jx_cuda_ptr, dst)                                                                          \
    ROW(size_t, pitch)                                                                             \
    ROW(unsigned int, value)                                                                       \
    ROW(unsigned int, elementSize)                                                                 \
    ROW(size_t, width)                                                                             \
    ROW(size_t, height)

#define JX_CUDA_KERNEL_NODE(ROW)                                                                   \
    ROW(jx_cuda_function, func)                                                                    \
    ROW(unsigned int, gridDimX)                                                                    \
    ROW(unsigned int, gridDimY)                                                                    \
    ROW(unsigned int, gridDimZ)                                                                    \
    ROW(unsigned int, blockDimX)                                                                   \
    ROW(unsigned int, blockDimY)                                                                   \
    ROW(unsigned int, blockDimZ)                                                                   \
    ROW(unsigned int, sharedMemBytes)                                                              \
    ROW(void **, kernelParams)                                                                     \
    ROW(void **, extra)                                                                            \
    ROW(jx_cuda_kernel, kern)                                                                      \
    ROW(jx_cuda_context, ctx)

#define JX_CUDA_MEMBER(type, name) type name;
struct jx_cuda_memcpy3d {
    JX_CUDA_MEMCPY3D(JX_CUDA_MEMBER)
};
struct jx_cuda_memset_node {
    JX_CUDA_MEMSET_NODE(JX_CUDA_MEMBER)
};
struct jx_cuda_kernel_node {
    JX_CUDA_KERNEL_NODE(JX_CUDA_MEMBER)
};

/* The driver's functions: ROW(result, name, parameters). */
#define JX_CUDA_DRIVER(ROW)                                                                        \
    JX_CUDA_DRIVER_DEVICE(ROW)                                                                     \
    JX_CUDA_DRIVER_STREAM(ROW)                                                                     \
    JX_CUDA_DRIVER_MEMORY(ROW)                                                                     \
    JX_CUDA_DRIVER_MODULE(ROW)                                                                     \
    JX_CUDA_DRIVER_GRAPH(ROW)

#define JX_CUDA_DRIVER_DEVICE(ROW)                                                                 \
    ROW(jx_cuda_result, cuInit, (unsigned int flags))                                              \
    ROW(jx_cuda_result, cuDriverGetVersion, (int *version))                                        \
    ROW(jx_cuda_result, cuGetErrorName, (jx_cuda_result error, const char **name))                 \
    ROW(jx_cuda_result, cuGetErrorString, (jx_cuda_result error, const char **text))               \
    ROW(jx_cuda_result, cuDeviceGetCount, (int *count))                                            \
    ROW(jx_cuda_result, cuDeviceGet, (jx_cuda_device * device, int ordinal))                       \
    ROW(jx_cuda_result, cuDeviceGetName, (char *name, int size, jx_cuda_device device))            \
    ROW(jx_cuda_result, cuDeviceGetAttribute,                                                      \
        (int *value, jx_cuda_device_attribute attribute, jx_cuda_device device))                   \
    ROW(jx_cuda_result, cuDeviceTotalMem_v2, (size_t * bytes, jx_cuda_device device))              \
    ROW(jx_cuda_result, cuDevicePrimaryCtxRetain,                                                  \
        (jx_cuda_context * context, jx_cuda_device device))                                        \
    ROW(jx_cuda_result, cuDevicePrimaryCtxRelease_v2, (jx_cuda_device device))                     \
    ROW(jx_cuda_result, cuCtxPushCurrent_v2, (jx_cuda_context context))                            \
    ROW(jx_cuda_result, cuCtxPopCurrent_v2, (jx_cuda_context * context))                           \
    ROW(jx_cuda_result, cuCtxSetCurrent, (jx_cuda_context context))                                \
    ROW(jx_cuda_result, cuCtxGetCurrent, (jx_cuda_context * context))                              \
    ROW(jx_cuda_result, cuCtxSynchronize, (void))

#define JX_CUDA_DRIVER_STREAM(ROW)                                                                 \
    ROW(jx_cuda_result, cuStreamCreate, (jx_cuda_stream * stream, unsigned int flags))             \
    ROW(jx_cuda_result, cuStreamDestroy_v2, (jx_cuda_stream stream))                               \
    ROW(jx_cuda_result, cuStreamSynchronize, (jx_cuda_stream stream))                              \
    ROW(jx_cuda_result, cuStreamQuery, (jx_cuda_stream stream))                                    \
    ROW(jx_cuda_result, cuStreamWaitEvent,                                                         \
        (jx_cuda_stream stream, jx_cuda_event event, unsigned int flags))                          \
    ROW(jx_cuda_result, cuEventCreate, (jx_cuda_event * event, unsigned int flags))                \
    ROW(jx_cuda_result, cuEventRecord, (jx_cuda_event event, jx_cuda_stream stream))               \
    ROW(jx_cuda_result, cuEventSynchronize, (jx_cuda_event event))                                 \
    ROW(jx_cuda_result, cuEventQuery, (jx_cuda_event event))                                       \
    ROW(jx_cuda_result, cuEventDestroy_v2, (jx_cuda_event event))

#define JX_CUDA_DRIVER_MEMORY(ROW)                                                                 \
    ROW(jx_cuda_result, cuMemAlloc_v2, (jx_cuda_ptr * ptr, size_t bytes))                          \
    ROW(jx_cuda_result, cuMemFree_v2, (jx_cuda_ptr ptr))                                           \
    ROW(jx_cuda_result, cuMemAllocAsync, (jx_cuda_ptr * ptr, size_t bytes, jx_cuda_stream stream)) \
    ROW(jx_cuda_result, cuMemFreeAsync, (jx_cuda_ptr ptr, jx_cuda_stream stream))                  \
    ROW(jx_cuda_result, cuMemGetInfo_v2, (size_t * free_bytes, size_t * total_bytes))              \
    ROW(jx_cuda_result, cuMemHostAlloc, (void **host, size_t bytes, unsigned int flags))           \
    ROW(jx_cuda_result, cuMemFreeHost, (void *host))                                               \
    ROW(jx_cuda_result, cuDeviceGetDefaultMemPool, (jx_cuda_pool * pool, jx_cuda_device device))   \
    ROW(jx_cuda_result, cuMemPoolSetAttribute,                                                     \
        (jx_cuda_pool pool, jx_cuda_pool_attribute attribute, void *value))                        \
    ROW(jx_cuda_result, cuMemPoolGetAttribute,                                                     \
        (jx_cuda_pool pool, jx_cuda_pool_attribute attribute, void *value))                        \
    ROW(jx_cuda_result, cuMemPoolTrimTo, (jx_cuda_pool pool, size_t bytes_to_keep))                \
    ROW(jx_cuda_result, cuMemcpyHtoDAsync_v2,                                                      \
        (jx_cuda_ptr to, const void *from, size_t bytes, jx_cuda_stream stream))                   \
    ROW(jx_cuda_result, cuMemcpyDtoHAsync_v2,                                                      \
        (void *to, jx_cuda_ptr from, size_t bytes, jx_cuda_stream stream))                         \
    ROW(jx_cuda_result, cuMemcpyDtoDAsync_v2,                                                      \
        (jx_cuda_ptr to, jx_cuda_ptr from, size_t bytes, jx_cuda_stream stream))                   \
    ROW(jx_cuda_result, cuMemsetD8Async,                                                           \
        (jx_cuda_ptr to, unsigned char value, size_t bytes, jx_cuda_stream stream))

#define JX_CUDA_DRIVER_MODULE(ROW)                                                                 \
    ROW(jx_cuda_result, cuModuleLoadData, (jx_cuda_module * module, const void *image))            \
    ROW(jx_cuda_result, cuModuleUnload, (jx_cuda_module module))                                   \
    ROW(jx_cuda_result, cuModuleGetFunction,                                                       \
        (jx_cuda_function * function, jx_cuda_module module, const char *name))                    \
    ROW(jx_cuda_result, cuFuncGetAttribute,                                                        \
        (int *value, jx_cuda_function_attribute attribute, jx_cuda_function function))             \
    ROW(jx_cuda_result, cuFuncSetAttribute,                                                        \
        (jx_cuda_function function, jx_cuda_function_attribute attribute, int value))              \
    ROW(jx_cuda_result, cuLaunchKernel,                                                            \
        (jx_cuda_function function, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z, \
         unsigned int block_x, unsigned int block_y, unsigned int block_z,                         \
         unsigned int shared_bytes, jx_cuda_stream stream, void **params, void **extra))

#define JX_CUDA_DRIVER_GRAPH(ROW)                                                                  \
    ROW(jx_cuda_result, cuGraphCreate, (jx_cuda_graph * graph, unsigned int flags))                \
    ROW(jx_cuda_result, cuGraphDestroy, (jx_cuda_graph graph))                                     \
    ROW(jx_cuda_result, cuGraphAddKernelNode_v2,                                                   \
        (jx_cuda_graph_node * node, jx_cuda_graph graph, const jx_cuda_graph_node *after,          \
         size_t n_after, const struct jx_cuda_kernel_node *params))                                \
    ROW(jx_cuda_result, cuGraphAddMemcpyNode,                                                      \
        (jx_cuda_graph_node * node, jx_cuda_graph graph, const jx_cuda_graph_node *after,          \
         size_t n_after, const struct jx_cuda_memcpy3d *params, jx_cuda_context context))          \
    ROW(jx_cuda_result, cuGraphAddMemsetNode,                                                      \
        (jx_cuda_graph_node * node, jx_cuda_graph graph, const jx_cuda_graph_node *after,          \
         size_t n_after, const struct jx_cuda_memset_node *params, jx_cuda_context context))       \
    ROW(jx_cuda_result, cuGraphAddChildGraphNode,                                                  \
        (jx_cuda_graph_node * node, jx_cuda_graph graph, const jx_cuda_graph_node *after,          \
         size_t n_after, jx_cuda_graph child))                                                     \
    ROW(jx_cuda_result, cuGraphInstantiateWithFlags,                                               \
        (jx_cuda_graph_exec * exec, jx_cuda_graph graph, unsigned long long flags))                \
    ROW(jx_cuda_result, cuGraphExecKernelNodeSetParams_v2,                                         \
        (jx_cuda_graph_exec exec, jx_cuda_graph_node node,                                         \
         const struct jx_cuda_kernel_node *params))                                                \
    ROW(jx_cuda_result, cuGraphLaunch, (jx_cuda_graph_exec exec, jx_cuda_stream stream))           \
    ROW(jx_cuda_result, cuGraphExecDestroy, (jx_cuda_graph_exec exec))

/* NVRTC's functions. */
#define JX_NVRTC(ROW)                                                                              \
    ROW(jx_nvrtc_result, nvrtcVersion, (int *major, int *minor))                                   \
    ROW(const char *, nvrtcGetErrorString, (jx_nvrtc_result error))                                \
    ROW(jx_nvrtc_result, nvrtcGetNumSupportedArchs, (int *count))                                  \
    ROW(jx_nvrtc_result, nvrtcGetSupportedArchs, (int *archs))                                     \
    ROW(jx_nvrtc_result, nvrtcCreateProgram,                                                       \
        (jx_nvrtc_program * program, const char *text, const char *name, int n_headers,            \
         const char *const *headers, const char *const *names))                                    \
    ROW(jx_nvrtc_result, nvrtcDestroyProgram, (jx_nvrtc_program * program))                        \
    ROW(jx_nvrtc_result, nvrtcCompileProgram,                                                      \
        (jx_nvrtc_program program, int n_options, const char *const *options))                     \
    ROW(jx_nvrtc_result, nvrtcGetCUBINSize, (jx_nvrtc_program program, size_t * bytes))            \
    ROW(jx_nvrtc_result, nvrtcGetCUBIN, (jx_nvrtc_program program, char *cubin))                   \
    ROW(jx_nvrtc_result, nvrtcGetProgramLogSize, (jx_nvrtc_program program, size_t * bytes))       \
    ROW(jx_nvrtc_result, nvrtcGetProgramLog, (jx_nvrtc_program program, char *log))

#endif
