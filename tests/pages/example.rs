//! The example of a rule's page, taken apart.

/// The PRs before `Use instead:`, and those behind it.
pub(crate) struct Example {
    /// All but the last are deployed already.
    pub(crate) bad: Vec<Step>,
    pub(crate) good: Vec<Step>,
}

/// What is deployed together.
pub(crate) struct Step {
    pub(crate) number: usize,
    pub(crate) blocks: Vec<Block>,
}

/// A code block. Its first line names the file: `# PR 2: shop/models.py without Voucher`.
pub(crate) struct Block {
    pub(crate) path: String,
    /// A class that goes.
    pub(crate) without: Option<String>,
    pub(crate) code: String,
}

impl Example {
    #[track_caller]
    pub(crate) fn of(page: &str) -> Self {
        let (_, example) = page.split_once("## Example\n").unwrap();
        let (bad, good) = example.split_once("Use instead:").unwrap();
        let (bad, good) = (steps(bad), steps(good));
        assert!(!bad.is_empty() && !good.is_empty());
        Self { bad, good }
    }
}

#[track_caller]
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (number, block) in blocks(text) {
        match steps.last_mut() {
            Some(step) if step.number == number => step.blocks.push(block),
            _ => steps.push(Step { number, blocks: vec![block] }),
        }
    }
    steps
}

#[track_caller]
fn blocks(text: &str) -> Vec<(usize, Block)> {
    // Every other part stands between two fences, after the name of its language.
    let parts = text.split("```").skip(1).step_by(2);
    parts.map(|part| block(part.split_once('\n').unwrap().1)).collect()
}

#[track_caller]
fn block(text: &str) -> (usize, Block) {
    let (header, code) = text.split_once('\n').unwrap();
    let header = header.strip_prefix("# ").unwrap();
    let (number, place) = match header.strip_prefix("PR ").and_then(|rest| rest.split_once(": ")) {
        Some((number, place)) => (number.parse().unwrap(), place),
        None => (1, header),
    };
    let (path, without) = place.split_once(" without ").map_or((place, None), |(path, class)| (path, Some(class)));
    (number, Block { path: path.to_owned(), without: without.map(str::to_owned), code: code.to_owned() })
}
