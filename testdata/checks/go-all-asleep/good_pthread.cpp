// A queue of POSIX threads that is closed, and a thread that ends by
// pthread_exit().
#include <pthread.h>

struct Queue {
  pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
  int count = 0;
  bool closed = false;
};

static void* produce(void* given) {
  auto* queue = static_cast<Queue*>(given);
  for (int i = 0; i < 2; ++i) {
    pthread_mutex_lock(&queue->mu);
    ++queue->count;
    pthread_cond_signal(&queue->ready);
    pthread_mutex_unlock(&queue->mu);
  }
  pthread_mutex_lock(&queue->mu);
  queue->closed = true;
  pthread_cond_broadcast(&queue->ready);
  pthread_mutex_unlock(&queue->mu);
  pthread_exit(nullptr);
}

static void* consume(void* given) {
  auto* queue = (Queue*)given;
  for (;;) {
    pthread_mutex_lock(&queue->mu);
    while (queue->count == 0 && !queue->closed)
      pthread_cond_wait(&queue->ready, &queue->mu);
    const bool over = queue->count == 0;
    if (!over) --queue->count;
    pthread_mutex_unlock(&queue->mu);
    if (over) return nullptr;
  }
}

int main() {
  Queue queue;
  pthread_t producer;
  pthread_t consumer;
  pthread_create(&producer, nullptr, produce, &queue);
  pthread_create(&consumer, nullptr, consume, &queue);
  pthread_join(producer, nullptr);
  pthread_join(consumer, nullptr);
}
