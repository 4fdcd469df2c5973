/*
 * backend/cuda/texts.h - the headers that generated programs include, as texts in the library:
 * those of scalar_math.h, prelude.cuh, and what stands for the C library's. Made by embed.py.
 */
#ifndef JX_CUDA_TEXTS_H
#define JX_CUDA_TEXTS_H

extern const int jx_cuda_n_texts;
extern const char *const jx_cuda_text_names[]; /* as they are included */
extern const char *const jx_cuda_texts[];

#endif
