/* SPDX-License-Identifier: Apache-2.0 */
#ifdef __cplusplus
extern "C" int library(int n);
#endif

static inline __attribute__((always_inline)) int inlined(int n)
{
	int sum = 0;
	for (int i = 0; i < 3; i++)
		sum ^= n * i;
	return sum;
}
