// A consumer that is never told that there is nothing more.
#include <pthread.h>

struct Queue {
  pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
  int count = 0;
};

static void* produce(void* given) {
  auto* queue = static_cast<Queue*>(given);
  pthread_mutex_lock(&queue->mu);
  ++queue->count;
  pthread_cond_signal(&queue->ready);
  pthread_mutex_unlock(&queue->mu);
  return nullptr;
}

static void* consume(void* given) {
  auto* queue = static_cast<Queue*>(given);
  for (;;) {
    pthread_mutex_lock(&queue->mu);
    while (queue->count == 0) pthread_cond_wait(&queue->ready, &queue->mu);
    --queue->count;
    pthread_mutex_unlock(&queue->mu);
  }
}

int main() {
  Queue queue;
  pthread_t producer;
  pthread_t consumer;
  pthread_create(&producer, nullptr, produce, &queue);
  pthread_create(&consumer, nullptr, consume, &queue);
  pthread_join(producer, nullptr);
  pthread_join(consumer, nullptr);  // want "waits for the thread to end"
}
