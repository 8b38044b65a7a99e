//! How far a word is from the one that was probably meant.

/// Letters to insert, delete or exchange, two neighbours that changed places being one mistake (optimal string
/// alignment), without regard to case.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (letters(a), letters(b));
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let exchanged = above[j] + usize::from(x != y);
            let mut least = exchanged.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

fn letters(word: &str) -> Vec<char> {
    word.chars()
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn mistakes_are_counted() {
        for (a, b, mistakes) in [
            ("", "", 0),
            ("", "end", 3),
            ("Status", "status", 0),
            ("stat", "start", 1),
            ("satrt", "start", 1),
            ("run", "undo", 3),
            ("checkpiont", "checkpoints", 2),
            ("\u{e9}nd", "end", 1),
        ] {
            assert_eq!(distance(a, b), mistakes, "{a} {b}");
            assert_eq!(distance(b, a), mistakes, "{b} {a}");
        }
    }
}
