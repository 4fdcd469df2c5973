#!/bin/sh
# libjaxc/backend/cuda/cuda_api.h says what cuda.h and nvrtc.h say: numbers, layouts, and the types of
# functions. Both come with the toolkit; where neither CUDA_HOME nor the usual folder has them, nothing is
# checked.
set -eu
cd "$(dirname "$0")/.."

toolkit=
for folder in "${CUDA_HOME:-}/include" /usr/local/cuda/include /usr/include; do
    if [ -e "$folder/cuda.h" ] && [ -e "$folder/nvrtc.h" ]; then
        toolkit=$folder
        break
    fi
done
if [ -z "$toolkit" ]; then
    echo 'the headers of the CUDA toolkit are not here: not checked'
    exit 77
fi

# Names of ours stand for the toolkit's once our own declarations have been read, so that the rows of
# functions can be read as its types.
"${CC:-cc}" -std=c11 -Wall -Wextra -Werror -isystem "$toolkit" -Ilibjaxc -fsyntax-only -xc - <<'END'
#include <cuda.h>
#include <nvrtc.h>
#include "backend/cuda/cuda_api.h"

#define NUMBER(name, number) _Static_assert((int)name == number, #name);
JX_CUDA_RESULTS(NUMBER)
JX_NVRTC_RESULTS(NUMBER)
JX_CUDA_DEVICE_ATTRIBUTES(NUMBER)
JX_CUDA_FUNCTION_ATTRIBUTES(NUMBER)
JX_CUDA_POOL_ATTRIBUTES(NUMBER)
JX_CUDA_MEMORY_TYPES(NUMBER)
JX_CUDA_FLAGS(NUMBER)

#define LAYOUT(ours, theirs)                                                              \
    _Static_assert(sizeof(struct ours) == sizeof(theirs), #ours);
#define SAME(ours, theirs, name)                                                          \
    _Static_assert(offsetof(struct ours, name) == offsetof(theirs, name), #ours "." #name); \
    _Static_assert(sizeof(((struct ours *)0)->name) == sizeof(((theirs *)0)->name), #ours "." #name);
#define MEMCPY3D(type, name) SAME(jx_cuda_memcpy3d, CUDA_MEMCPY3D, name)
#define MEMSET(type, name) SAME(jx_cuda_memset_node, CUDA_MEMSET_NODE_PARAMS, name)
#define KERNEL(type, name) SAME(jx_cuda_kernel_node, CUDA_KERNEL_NODE_PARAMS_v2, name)
LAYOUT(jx_cuda_memcpy3d, CUDA_MEMCPY3D)
JX_CUDA_MEMCPY3D(MEMCPY3D)
LAYOUT(jx_cuda_memset_node, CUDA_MEMSET_NODE_PARAMS)
JX_CUDA_MEMSET_NODE(MEMSET)
LAYOUT(jx_cuda_kernel_node, CUDA_KERNEL_NODE_PARAMS_v2)
JX_CUDA_KERNEL_NODE(KERNEL)

#define jx_cuda_result CUresult
#define jx_nvrtc_result nvrtcResult
#define jx_cuda_device_attribute CUdevice_attribute
#define jx_cuda_function_attribute CUfunction_attribute
#define jx_cuda_pool_attribute CUmemPool_attribute
#define jx_cuda_memcpy3d CUDA_MEMCPY3D_st
#define jx_cuda_memset_node CUDA_MEMSET_NODE_PARAMS_st
#define jx_cuda_kernel_node CUDA_KERNEL_NODE_PARAMS_v2_st
#define FUNCTION(result, name, parameters)                                                \
    _Static_assert(__builtin_types_compatible_p(__typeof__(&name), result(*) parameters), #name);
JX_CUDA_DRIVER(FUNCTION)
JX_NVRTC(FUNCTION)
int main(void) { return 0; }
END
