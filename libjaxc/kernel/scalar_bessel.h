/*
 * kernel/scalar_bessel.h - the modified Bessel functions I0 and I1 times e^-|x|, in f32 and f64.
 *
 * Written as scalar_elementary.h is, by what stands there. Below 8 a polynomial in a = x^2 / 4, the
 * variable of the power series (Abramowitz and Stegun, 9.6.10), whose terms are all positive, times
 * e^-|x|; from 8 on one in u = 1 / |x|, the variable of the asymptotic series (9.7.1), over the root
 * of |x|. Largest errors in units in the last place (tests/test_scalar_math.c holds them):
 *
 *            i0e   i1e
 *     f32    3.67  3.48
 *     f64    3.73  3.52
 *
 * Polynomials are minimax ones made with Sollya's fpminimax on the intervals noted beside them.
 */
#ifndef JX_SCALAR_BESSEL_H
#define JX_SCALAR_BESSEL_H

#include "kernel/scalar_elementary.h"

/* ---- I0(x), I1(x) / x by a on [0, 16] -------------------------------------------------------- */

JX_WHOLE float jx_i0_near_f32(float a)
{
    float p = 0x1.05ddf6p-36f; /* error 2^-26.6 */
    p = JX_FMA_f32(p, a, 0x1.a9fbb8p-32f);
    p = JX_FMA_f32(p, a, 0x1.7151b2p-25f);
    p = JX_FMA_f32(p, a, 0x1.fcf7e8p-20f);
    p = JX_FMA_f32(p, a, 0x1.240138p-14f);
    p = JX_FMA_f32(p, a, 0x1.c6f90ep-10f);
    p = JX_FMA_f32(p, a, 0x1.c71ffp-6f);
    p = JX_FMA_f32(p, a, 0x1.ffffb2p-3f);
    p = JX_FMA_f32(p, a, 0x1.000002p0f);
    p = JX_FMA_f32(p, a, 1.0f);
    return p;
}

JX_WHOLE double jx_i0_near_f64(double a)
{
    double p = 0x1.1b6df5a7be206p-80; /* error 2^-59.5 */
    p = JX_FMA_f64(p, a, 0x1.11a4ba3afa709p-73);
    p = JX_FMA_f64(p, a, 0x1.f234e792674d6p-66);
    p = JX_FMA_f64(p, a, 0x1.40b297167e6ddp-58);
    p = JX_FMA_f64(p, a, 0x1.69e43005edf7ep-51);
    p = JX_FMA_f64(p, a, 0x1.55ff818fc47b5p-44);
    p = JX_FMA_f64(p, a, 0x1.0b3150070f47bp-37);
    p = JX_FMA_f64(p, a, 0x1.522a41902aa34p-31);
    p = JX_FMA_f64(p, a, 0x1.522a441994d5bp-25);
    p = JX_FMA_f64(p, a, 0x1.02e85c07353d8p-19);
    p = JX_FMA_f64(p, a, 0x1.23456789be28cp-14);
    p = JX_FMA_f64(p, a, 0x1.c71c71c71b4b1p-10);
    p = JX_FMA_f64(p, a, 0x1.c71c71c71c7b9p-6);
    p = JX_FMA_f64(p, a, 0x1.ffffffffffffcp-3);
    p = JX_FMA_f64(p, a, 1.0);
    p = JX_FMA_f64(p, a, 1.0);
    return p;
}

JX_WHOLE float jx_i1_near_f32(float a)
{
    float p = 0x1.8f2bcep-41f; /* error 2^-28.2 */
    p = JX_FMA_f32(p, a, 0x1.a1e2eep-36f);
    p = JX_FMA_f32(p, a, 0x1.695db2p-29f);
    p = JX_FMA_f32(p, a, 0x1.248adap-23f);
    p = JX_FMA_f32(p, a, 0x1.84eccp-18f);
    p = JX_FMA_f32(p, a, 0x1.6c0932p-13f);
    p = JX_FMA_f32(p, a, 0x1.c71db8p-9f);
    p = JX_FMA_f32(p, a, 0x1.55554ap-5f);
    p = JX_FMA_f32(p, a, 0x1p-2f);
    p = JX_FMA_f32(p, a, 0.5f);
    return p;
}

JX_WHOLE double jx_i1_near_f64(double a)
{
    double p = 0x1.0cb8930cba03dp-77; /* error 2^-56.3 */
    p = JX_FMA_f64(p, a, 0x1.da4732ab3e116p-71);
    p = JX_FMA_f64(p, a, 0x1.9591d2a3ff105p-63);
    p = JX_FMA_f64(p, a, 0x1.e0e4ce8c972afp-56);
    p = JX_FMA_f64(p, a, 0x1.f19eb5d984c75p-49);
    p = JX_FMA_f64(p, a, 0x1.ab7ef567e50e5p-42);
    p = JX_FMA_f64(p, a, 0x1.2c97806d7fc09p-35);
    p = JX_FMA_f64(p, a, 0x1.522a410b4accdp-29);
    p = JX_FMA_f64(p, a, 0x1.27e4fb9db0e5ep-23);
    p = JX_FMA_f64(p, a, 0x1.845c8a0a48f06p-18);
    p = JX_FMA_f64(p, a, 0x1.6c16c16c33bb4p-13);
    p = JX_FMA_f64(p, a, 0x1.c71c71c71afd1p-9);
    p = JX_FMA_f64(p, a, 0x1.55555555555e9p-5);
    p = JX_FMA_f64(p, a, 0x1.ffffffffffffbp-3);
    p = JX_FMA_f64(p, a, 0.5);
    return p;
}

/* ---- sqrt(x) e^-x I(x) by u on [0, 1/8] ------------------------------------------------------- */

JX_WHOLE float jx_i0_far_f32(float u)
{
    float p = 0x1.5dff1cp-2f; /* error 2^-25.1 */
    p = JX_FMA_f32(p, u, 0x1.025872p-9f);
    p = JX_FMA_f32(p, u, 0x1.04a094p-5f);
    p = JX_FMA_f32(p, u, 0x1.cad9fp-6f);
    p = JX_FMA_f32(p, u, 0x1.98831cp-5f);
    p = JX_FMA_f32(p, u, 0x1.988454p-2f);
    return p;
}

JX_WHOLE double jx_i0_far_f64(double u)
{
    double p = 0x1.75162934bc1c2p54; /* error 2^-53.5 */
    p = JX_FMA_f64(p, u, -0x1.f56c34a9a1a8ep54);
    p = JX_FMA_f64(p, u, 0x1.36dc4481b2f3bp54);
    p = JX_FMA_f64(p, u, -0x1.d76d412c1c9a3p52);
    p = JX_FMA_f64(p, u, 0x1.e8d0649928fcdp50);
    p = JX_FMA_f64(p, u, -0x1.6f2912474c54fp48);
    p = JX_FMA_f64(p, u, 0x1.9d2b9a08f43a6p45);
    p = JX_FMA_f64(p, u, -0x1.63596e146b1c5p42);
    p = JX_FMA_f64(p, u, 0x1.d881e583329dep38);
    p = JX_FMA_f64(p, u, -0x1.e7f9dc9d923a7p34);
    p = JX_FMA_f64(p, u, 0x1.86d0cd499ea79p30);
    p = JX_FMA_f64(p, u, -0x1.e150ba4418fc6p25);
    p = JX_FMA_f64(p, u, 0x1.bf5c83aed7ee4p20);
    p = JX_FMA_f64(p, u, -0x1.2e49aca2cd019p15);
    p = JX_FMA_f64(p, u, 0x1.12994c1efbe06p9);
    p = JX_FMA_f64(p, u, -0x1.94db0e2a52222p1);
    p = JX_FMA_f64(p, u, 0x1.a97431a2af6f3p-3);
    p = JX_FMA_f64(p, u, 0x1.76759d8768b7dp-4);
    p = JX_FMA_f64(p, u, 0x1.6e747ef436f1ep-5);
    p = JX_FMA_f64(p, u, 0x1.debb46c9f30eep-6);
    p = JX_FMA_f64(p, u, 0x1.cb94dd7f38911p-6);
    p = JX_FMA_f64(p, u, 0x1.9884533d48b4dp-5);
    p = JX_FMA_f64(p, u, 0x1.9884533d4365p-2);
    return p;
}

JX_WHOLE float jx_i1_far_f32(float u)
{
    float p = -0x1.e5fbbp-2f; /* error 2^-25.1 */
    p = JX_FMA_f32(p, u, 0x1.1c0abcp-6f);
    p = JX_FMA_f32(p, u, -0x1.81efbep-5f);
    p = JX_FMA_f32(p, u, -0x1.7d1edcp-5f);
    p = JX_FMA_f32(p, u, -0x1.3264f4p-3f);
    p = JX_FMA_f32(p, u, 0x1.988454p-2f);
    return p;
}

JX_WHOLE double jx_i1_far_f64(double u)
{
    double p = -0x1.8d7a51063ab2bp54; /* error 2^-53.8 */
    p = JX_FMA_f64(p, u, 0x1.0bf5be512b016p55);
    p = JX_FMA_f64(p, u, -0x1.4d7d35ba0b167p54);
    p = JX_FMA_f64(p, u, 0x1.fbf795c633971p52);
    p = JX_FMA_f64(p, u, -0x1.08ba9d8fbc956p51);
    p = JX_FMA_f64(p, u, 0x1.9032cdd3ab827p48);
    p = JX_FMA_f64(p, u, -0x1.c5d3ab3e12a41p45);
    p = JX_FMA_f64(p, u, 0x1.8a121d84086adp42);
    p = JX_FMA_f64(p, u, -0x1.0933c2e13696bp39);
    p = JX_FMA_f64(p, u, 0x1.164196017c3e7p35);
    p = JX_FMA_f64(p, u, -0x1.c74ff2ab40c94p30);
    p = JX_FMA_f64(p, u, 0x1.20eb9b04f71d1p26);
    p = JX_FMA_f64(p, u, -0x1.18ea516692b0fp21);
    p = JX_FMA_f64(p, u, 0x1.990a5e05406ddp15);
    p = JX_FMA_f64(p, u, -0x1.ad8290d1c0345p9);
    p = JX_FMA_f64(p, u, 0x1.0d0fb6549e617p3);
    p = JX_FMA_f64(p, u, -0x1.45c772bf0a8b3p-2);
    p = JX_FMA_f64(p, u, -0x1.c6520f1f1b23ep-4);
    p = JX_FMA_f64(p, u, -0x1.d735d4073f8ep-5);
    p = JX_FMA_f64(p, u, -0x1.4f1c9e5f69fa4p-5);
    p = JX_FMA_f64(p, u, -0x1.7efc0dfb57053p-5);
    p = JX_FMA_f64(p, u, -0x1.32633e6df3984p-3);
    p = JX_FMA_f64(p, u, 0x1.9884533d43651p-2);
    return p;
}

JX_WHOLE float jx_bessel_i0e_f32(float x)
{
    float a = fabsf(x), low = a < 8.0f ? a : 8.0f, high = a < 8.0f ? 8.0f : a;
    float near = jx_exp_f32(-low) * jx_i0_near_f32(0.25f * low * low);
    float far = jx_i0_far_f32(1.0f / high) / sqrtf(high);
    return a < 8.0f ? near : far;
}

JX_WHOLE float jx_bessel_i1e_f32(float x)
{
    float a = fabsf(x), low = a < 8.0f ? a : 8.0f, high = a < 8.0f ? 8.0f : a;
    float near = x * (jx_exp_f32(-low) * jx_i1_near_f32(0.25f * low * low));
    float far = jx_i1_far_f32(1.0f / high) / sqrtf(high);
    return a < 8.0f ? near : copysignf(far, x);
}

JX_WHOLE double jx_bessel_i0e_f64(double x)
{
    double a = fabs(x), low = a < 8.0 ? a : 8.0, high = a < 8.0 ? 8.0 : a;
    double near = jx_exp_f64(-low) * jx_i0_near_f64(0.25 * low * low);
    double far = jx_i0_far_f64(1.0 / high) / sqrt(high);
    return a < 8.0 ? near : far;
}

JX_WHOLE double jx_bessel_i1e_f64(double x)
{
    double a = fabs(x), low = a < 8.0 ? a : 8.0, high = a < 8.0 ? 8.0 : a;
    double near = x * (jx_exp_f64(-low) * jx_i1_near_f64(0.25 * low * low));
    double far = jx_i1_far_f64(1.0 / high) / sqrt(high);
    return a < 8.0 ? near : copysign(far, x);
}

#endif
