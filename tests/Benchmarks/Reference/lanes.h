/* One vector of LANES floats: 4 (AVX + FMA at 128 bits), 8 (AVX2) or 16 (AVX-512), and the functions of the runtime's VectorMath on it. */
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

#if LANES == 16
typedef __m512 vec;
typedef __m512i veci;
#define OP(name) _mm512_##name
#define CAST_TO_INT _mm512_castps_si512
#define CAST_TO_FLOAT _mm512_castsi512_ps
#elif LANES == 8
typedef __m256 vec;
typedef __m256i veci;
#define OP(name) _mm256_##name
#define CAST_TO_INT _mm256_castps_si256
#define CAST_TO_FLOAT _mm256_castsi256_ps
#else
typedef __m128 vec;
typedef __m128i veci;
#define OP(name) _mm_##name
#define CAST_TO_INT _mm_castps_si128
#define CAST_TO_FLOAT _mm_castsi128_ps
#endif

INLINE vec load(const float *p) { return OP(load_ps)(p); }
INLINE void store(float *p, vec v) { OP(store_ps)(p, v); }
INLINE vec all(float f) { return OP(set1_ps)(f); }
INLINE vec add(vec a, vec b) { return OP(add_ps)(a, b); }
INLINE vec sub(vec a, vec b) { return OP(sub_ps)(a, b); }
INLINE vec mul(vec a, vec b) { return OP(mul_ps)(a, b); }
INLINE vec fma_(vec a, vec b, vec c) { return OP(fmadd_ps)(a, b, c); }

/* e^x - 1 of the fraction of x / ln 2, and in *scale 2^k of its whole part. */
INLINE vec exp_minus_one(vec x, vec *scale)
{
    const vec rounder = all(12582912.0f + 127.0f);
    vec rounded = fma_(x, all(1.442695f), rounder), k = sub(rounded, rounder);
    vec r = fma_(k, all(-1.4286068e-06f), fma_(k, all(-0.69314575f), x));
    vec q = fma_(r, all(0.0013870001f), all(0.008366251f));
    q = fma_(fma_(fma_(q, r, all(0.041667443f)), r, all(0.16666546f)), r, all(0.49999997f));
    *scale = CAST_TO_FLOAT(OP(slli_epi32)(CAST_TO_INT(rounded), 23));
    return fma_(q, mul(r, r), r);
}

INLINE vec clamp(vec x, float limit) { return OP(max_ps)(all(-limit), OP(min_ps)(all(limit), x)); }

INLINE vec sigmoid(vec x)
{
    vec scale, e = exp_minus_one(clamp(x, 88.0f), &scale);
    e = fma_(e, scale, scale);
    return OP(div_ps)(e, add(e, all(1.0f)));
}

INLINE vec tanh_(vec x)
{
    x = clamp(x, 10.0f);
    vec scale, e = exp_minus_one(add(x, x), &scale);
    e = fma_(e, scale, sub(scale, all(1.0f)));
    return OP(div_ps)(e, add(e, all(2.0f)));
}
