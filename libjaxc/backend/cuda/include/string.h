/* For NVRTC, which has memcpy without a header. */
