// How many links a page has is not known, and the lock guards only what was
// seen: two pages are noted at the same time.
#include <csp/csp.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

struct Page {
  std::vector<std::string> links;
  int words = 0;
};

class Crawler {
 public:
  void crawl(const std::string& url) {
    {
      std::lock_guard lock(mu_);
      if (!seen_.insert(url).second) return;
    }
    auto reply = csp::make_chan<Page>(1);
    csp::go([url, reply] {
      Page page{{}, static_cast<int>(url.size())};
      if (url.size() < 6) page.links = {url + "a", url + "b"};
      reply << page;
    });
    const auto page = reply.recv();
    for (const auto& link : page->links) wg_.go([this, link] { crawl(link); });
    words_[url] = page->words;  // want "data race on the container"
  }
  std::size_t run(const std::string& url) {
    crawl(url);
    wg_.wait();
    return words_.size();
  }

 private:
  csp::mutex mu_;
  std::set<std::string> seen_;
  std::map<std::string, int> words_;
  csp::wait_group wg_;
};

int main() {
  Crawler crawler;
  return static_cast<int>(crawler.run("u"));
}
