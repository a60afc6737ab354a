// SPDX-License-Identifier: Apache-2.0
// Rust names: generics, traits, closures, function pointers, an impl for a slice.
use std::collections::HashMap;
use std::hint::black_box;

trait Measure<T> {
    fn measure(&self, with: T) -> u64;
}

struct Bag<T>(Vec<T>);

impl<T: Copy + Into<u64>> Measure<fn(u64) -> u64> for Bag<T> {
    #[inline(never)]
    fn measure(&self, with: fn(u64) -> u64) -> u64 {
        let mut s = 0u64;
        for x in &self.0 {
            s = s.wrapping_add(with((*x).into()));
        }
        black_box(s)
    }
}

#[inline(never)]
fn twist(x: u64) -> u64 {
    let mut h = x;
    for i in 0..40 {
        h = h.rotate_left(7).wrapping_mul(0x9e3779b97f4a7c15) ^ i;
    }
    black_box(h)
}

#[inline(never)]
fn apply<F: Fn(&[u8]) -> usize>(f: F, text: &str) -> usize {
    black_box(f(text.as_bytes()))
}

mod deep {
    #[inline(never)]
    pub fn walk<const N: usize>(depth: usize, table: &mut [u64; N]) -> u64 {
        if depth == 0 {
            table.sort_unstable_by(|a, b| super::twist(*a).cmp(&super::twist(*b)));
            return table[0];
        }
        let r = walk(depth - 1, table);
        std::hint::black_box(r ^ table[depth % N])
    }
}

fn main() {
    let bag = Bag((0..2000u32).collect::<Vec<_>>());
    let text = "the quick brown fox ".repeat(200);
    let mut words: HashMap<String, usize> = HashMap::new();
    for _ in 0..1200 {
        black_box(bag.measure(twist));
        black_box(apply(|b| b.iter().filter(|c| **c == b' ').count(), &text));
        for w in text.split(' ') {
            *words.entry(w.to_string()).or_default() += 1;
        }
        black_box(deep::walk(6, &mut [9u64; 64].map(twist)));
    }
}
